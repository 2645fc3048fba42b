// Impersonation: a superuser acts as another user (RFC 8693 §4.1).

import { and, eq } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { parseId } from '../encoding.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from '../tokens/claims.ts'
import { type Actor, isDrfJwt, readActor, tokenFamilyOf } from '../tokens/drf-jwt.ts'
import type { TokenUser } from './drf-jwt.ts'

/** Who is to be impersonated. That somebody does is noted, if he is one whom somebody may. */
export async function findUserToImpersonate(
  db: Database,
  caller: User,
  id: number,
  info: RequestInfo,
): Promise<User | undefined> {
  const own = eq(users.id, id)
  const may = and(
    own,
    eq(users.status, 'active'),
    eq(users.isStaff, false),
    eq(users.isSuperuser, false),
  )
  const [[user]] = await db.batch([
    db.select().from(users).where(own),
    recordEvent(db, { type: 'impersonated', actorId: caller.id }, may, info),
  ])
  return user
}

/** How a superuser is named in a token that he acts through. An opaque key has nothing to name. */
export function actorClaim(settings: Settings, user: User, claims: Claims = {}): Actor {
  const { sid } = claims
  const jti = isDrfJwt(settings, claims) ? tokenFamilyOf(claims) : claims[settings.jtiClaim]
  return {
    ...{ sub: String(user.id), token_version: user.tokenVersion },
    ...(typeof sid === 'string' ? { sid } : typeof jti === 'string' && { jti }),
  }
}

/** The id of who acts through a token: the actor, or else its user. */
export function actorId({ user, claims }: TokenUser): number | undefined {
  const actor = readActor(claims)
  return actor ? parseId(actor.sub) : actor === false ? undefined : user.id
}
