// `gatehouse-auth/client/authtoken`: the client with the keys of REST framework's authtoken, which are valid until the logout.

import { type AuthClient, type ClientOptions, newClient } from './client.ts'
import type { paths } from './standard.ts'

type LoginPath = '/auth/token/login/' | '/api-token-auth/'

export interface TokenClientOptions extends Omit<ClientOptions, 'loginPath' | 'storage'> {
  /** Where the key is kept: as for `createClient`, but for cookies. */
  storage?: Exclude<ClientOptions['storage'], 'cookies'>
  /** `/api-token-auth/` for a deployment without Djoser's route. */
  loginPath?: LoginPath
}

/** A client whose session is a key: `Authorization: Token …`. A 401 ends the session, since a key cannot be renewed. */
export function createTokenClient<Paths extends object = paths>(
  options: TokenClientOptions,
): AuthClient<Paths, LoginPath> {
  const { loginPath = '/auth/token/login/', authHeaderType = 'Token' } = options
  return newClient(
    { ...options, authHeaderType },
    { loginPath, logoutPaths: ['/auth/token/logout/'], tokensIn },
  )
}

/** Djoser and REST framework name the key differently. */
function tokensIn(answer: unknown) {
  const { auth_token: djosers, token = djosers } = (answer ?? {}) as Record<string, unknown>
  return typeof token === 'string' ? { access: token } : undefined
}
