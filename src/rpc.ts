// The methods for other Workers of the account, by a service binding with `entrypoint = "Gatehouse"`. Those Workers need
// no HTTP and no token of their own. workers/service.ts declares the methods.

import { WorkerEntrypoint } from 'cloudflare:workers'
import { findUser, userById } from './accounts/users.ts'
import { findTokenUser, readUserNear } from './auth/credential.ts'
import { readAccessToken, simpleJwtCredential } from './auth/simple-jwt.ts'
import type { Env } from './bindings.ts'
import { database } from './db.ts'
import { authFailureAnswer, type ErrorAnswer, tokenNotValidAnswer } from './guards/simple-jwt.ts'
import { parsePublicId, publicIdOf } from './public-id.ts'
import { readNear } from './replicas.ts'
import { userToJson } from './routes/user-serializers.ts'
import { settingsOf } from './settings.ts'
import type { Claims } from './tokens/claims.ts'
import type { GatehouseService, Verification } from './workers/service.ts'

export class Gatehouse extends WorkerEntrypoint<Env> implements GatehouseService {
  async verify(
    token: string,
    { stateless = false, fresh = false }: { stateless?: boolean; fresh?: boolean } = {},
  ): Promise<Verification> {
    const settings = settingsOf(this.env)
    const now = new Date()
    const read = await readAccessToken(settings, token, now)
    if (Array.isArray(read)) return rejected(tokenNotValidAnswer(settings, read))

    const { claims } = read
    const credential = simpleJwtCredential(settings, read, now)
    if (typeof credential === 'string') {
      return rejected(authFailureAnswer(settings, claims, credential))
    }
    if (stateless) return accepted(claims[settings.userIdClaim], claims)
    const db = database(this.env.DB, settings)
    const near = fresh ? undefined : await readUserNear(db, settings, credential, {}, now)
    const user = near?.user ?? (await findTokenUser(db, credential))
    if (typeof user === 'string') return rejected(authFailureAnswer(settings, claims, user))
    return accepted(publicIdOf(settings, user), claims)
  }

  async user(id: number | string) {
    const settings = settingsOf(this.env)
    const named = parsePublicId(settings, `${id}`)
    if (!named) return null
    const db = database(this.env.DB, settings)
    const near = await readNear(db, settings, named, { found: userById(db, named.id) }, new Date())
    const user = near?.found[0] ?? (await findUser(db, named.id))
    return user ? userToJson(settings, user) : null
  }
}

const accepted = (id: unknown, claims: Claims): Verification => ({
  valid: true,
  user_id: id as number | string,
  claims,
})

const rejected = ({ detail, code }: ErrorAnswer): Verification => ({ valid: false, code, detail })
