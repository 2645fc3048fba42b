// Impersonation: a superuser acts as another user (RFC 8693 §4.1).

import { and, eq } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { type User, users } from '../schema.ts'
import { note, type Occasion } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { type Actor, actorOf, chainOf, isDrfJwt } from '../tokens/drf-jwt.ts'
import { idIn } from '../tokens/encoding.ts'
import type { Claims } from '../tokens/jwt.ts'
import type { Holder } from './drf-jwt.ts'

/** Who is to be impersonated. That somebody does is noted, if he is one whom somebody may. */
export async function findForImpersonation(
  db: Database,
  caller: User,
  id: number,
  occasion: Occasion,
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
    note(db, { kind: 'impersonated', actorId: caller.id }, may, occasion),
  ])
  return user
}

/** How a superuser is named in a token that he acts through. An opaque key has nothing to name. */
export function actorFrom(settings: Settings, user: User, claims: Claims = {}): Actor {
  const { sid } = claims
  const jti = isDrfJwt(settings, claims) ? chainOf(claims) : claims[settings.jtiClaim]
  return {
    ...{ sub: String(user.id), token_version: user.tokenVersion },
    ...(typeof sid === 'string' ? { sid } : typeof jti === 'string' && { jti }),
  }
}

/** The id of who acts through a token: the actor, or else its user. */
export function actingId({ user, claims }: Holder): number | undefined {
  const actor = actorOf(claims)
  return actor ? idIn(actor.sub) : actor === false ? undefined : user.id
}
