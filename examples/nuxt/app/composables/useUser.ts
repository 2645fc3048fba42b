import type { User } from '~~/shared/user'

/** The user that is logged in. The server finds them (server/middleware/user.ts), and the browser goes on from there. */
export const useUser = () =>
  useState<User | undefined>('user', () => useRequestEvent()?.context.user)
