// rest_framework.authentication.TokenAuthentication: `Authorization: Token <key>`.

import { sql } from 'drizzle-orm'
import type { Call } from '../context.ts'
import { canAuthenticate } from '../hooks.ts'
import { unauthenticated } from '../http/errors.ts'
import { hashKey, userIdOfKey } from '../sessions/authtoken.ts'
import type { RequestCredential } from './credential.ts'

/** Reads no key if the route group `authtoken` is disabled, as a REST framework that does not list the class. */
export async function tokenAuthentication(c: Call): Promise<RequestCredential | undefined> {
  if (c.var.settings.disabledRoutes.includes('authtoken')) return undefined
  const [scheme, key, ...rest] = c.req.header('authorization')?.trim().split(/\s+/) ?? []
  if (scheme?.toLowerCase() !== 'token') return undefined
  if (key === undefined) {
    throw unauthenticated('Invalid token header. No credentials provided.')
  }
  if (rest.length > 0) {
    throw unauthenticated('Invalid token header. Token string should not contain spaces.')
  }
  return {
    userId: userIdOfKey(await hashKey(key)),
    isValid: sql`1`,
    checkUser: async (user) =>
      user.status === 'active' && canAuthenticate(user) ? user : 'user_inactive',
    errorFor: (failure) =>
      unauthenticated(failure === 'user_inactive' ? 'User inactive or deleted.' : 'Invalid token.'),
  }
}
