// For other Workers of the account, by a service binding with `entrypoint = "Gatehouse"`: no HTTP, no token of
// their own. What they may call stands in workers/service.ts.

import { WorkerEntrypoint } from 'cloudflare:workers'
import { findUser } from './accounts/users.ts'
import { findTokenUser, readAccessToken, userLookup } from './auth/simple-jwt.ts'
import type { Env } from './context.ts'
import { database } from './db.ts'
import { authFailureBody, type ErrorBody, tokenNotValid } from './guards/simple-jwt.ts'
import { represent } from './routes/user-serializers.ts'
import { settingsOf } from './settings.ts'
import type { Claims } from './tokens/jwt.ts'
import type { GatehouseService, Verification } from './workers/service.ts'

export class Gatehouse extends WorkerEntrypoint<Env> implements GatehouseService {
  async verify(
    token: string,
    { stateless = false }: { stateless?: boolean } = {},
  ): Promise<Verification> {
    const settings = settingsOf(this.env)
    const now = new Date()
    const bearer = await readAccessToken(settings, token, now)
    if (Array.isArray(bearer)) return refused(tokenNotValid(settings, bearer))

    const { claims } = bearer
    if (stateless) {
      const question = userLookup(settings, bearer, now)
      if (typeof question === 'string') return refused(authFailureBody(settings, claims, question))
      return verified(claims[settings.userIdClaim], claims)
    }
    const user = await findTokenUser(
      database(this.env.DB, settings.d1Timeout),
      settings,
      bearer,
      now,
    )
    if (typeof user === 'string') return refused(authFailureBody(settings, claims, user))
    return verified(user.id, claims)
  }

  async user(id: number) {
    if (!Number.isSafeInteger(id)) return null
    const settings = settingsOf(this.env)
    const user = await findUser(database(this.env.DB, settings.d1Timeout), id)
    return user ? represent(settings, user) : null
  }
}

const verified = (id: unknown, claims: Claims): Verification => ({
  valid: true,
  user_id: id as number | string,
  claims,
})

const refused = ({ detail, code }: ErrorBody): Verification => ({ valid: false, code, detail })
