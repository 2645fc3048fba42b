// Impersonation: a superuser acts as another user (RFC 8693 §4.1).

import { and, eq } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { type NamedUser, publicIdOf } from '../public-id.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { batch } from '../statements.ts'
import type { Claims } from '../tokens/claims.ts'
import { type Actor, isDrfJwt, readActor, tokenFamilyOf } from '../tokens/drf-jwt.ts'
import type { TokenUser } from './drf-jwt.ts'

/** Finds the user to impersonate, and records the event if the impersonation is allowed. The calling code must check that. */
export async function findUserToImpersonate(
  db: Database,
  caller: User,
  { id, publicId }: NamedUser,
  info: RequestInfo,
): Promise<User | undefined> {
  noteWrite(db, publicId)
  const isUser = eq(users.id, id)
  const mayBeImpersonated = and(
    isUser,
    eq(users.status, 'active'),
    eq(users.isStaff, false),
    eq(users.isSuperuser, false),
  )
  const { found } = await batch(db, {
    found: db.select().from(users).where(isUser),
    event: recordEvent(db, { type: 'impersonated', actorId: caller.id }, mayBeImpersonated, info),
  })
  return found[0]
}

/** The claim that names the superuser in a token. It has no `sid` or `jti` if they called with an authtoken key. */
export function actorClaim(settings: Settings, user: User, claims: Claims = {}): Actor {
  const { sid } = claims
  const jti = isDrfJwt(settings, claims) ? tokenFamilyOf(claims) : claims[settings.jtiClaim]
  return {
    sub: String(publicIdOf(settings, user)),
    token_version: user.tokenVersion,
    ...(typeof sid === 'string' ? { sid } : typeof jti === 'string' && { jti }),
  }
}

/** The id of the user that acts through a token: its actor, or else its user. Undefined for an actor that is not ours. */
export function actorId(settings: Settings, { user, claims }: TokenUser): string | undefined {
  const actor = readActor(claims)
  if (actor === false) return undefined
  return actor ? actor.sub : String(publicIdOf(settings, user))
}
