// rest_framework.authentication.TokenAuthentication: `Authorization: Token <key>`.

import { sql } from 'drizzle-orm'
import type { Call } from '../context.ts'
import { canAuthenticate } from '../hooks.ts'
import { unauthenticated } from '../http/errors.ts'
import { hashKey, userIdOfKey } from '../sessions/authtoken.ts'
import type { Credential } from './credential.ts'

/** With the family `authtoken` off it is as in a REST framework that does not list the class: no key is looked at. */
export async function tokenAuthentication(c: Call): Promise<Credential | undefined> {
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
    async checkUser(user) {
      if (!user) throw unauthenticated('Invalid token.')
      if (user.status !== 'active' || !canAuthenticate(user)) {
        throw unauthenticated('User inactive or deleted.')
      }
      return user
    },
  }
}
