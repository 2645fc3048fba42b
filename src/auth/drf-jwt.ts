// Whose a drf-jwt token is, and whether it still lets him in: found by log-in name and id, refused once
// its chain was taken back, its user changed the password, or who acts through it may not any more.

import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { mayBeImpersonated } from '../accounts/rights.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { emailKeys } from '../mail/email-address.ts'
import { type User, users } from '../schema.ts'
import { note, type Occasion } from '../security-events.ts'
import { noneRevoked, revoke } from '../sessions/denylist.ts'
import { isLiving } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import {
  type Actor,
  actorOf,
  chainOf,
  type DrfJwtProblem,
  isDrfJwt,
  isOfVersion,
  readDrfJwt,
} from '../tokens/drf-jwt.ts'
import { idIn } from '../tokens/encoding.ts'
import type { Claims } from '../tokens/jwt.ts'

export type Refusal = DrfJwtProblem | 'nameless' | 'unknown' | 'disabled' | 'revoked'

export interface Holder {
  user: User
  claims: Claims
}

/** SQL for the statement that reads a token's user. */
export interface Question {
  claims: Claims
  userId: SQL<number>
  stands: SQL<number>
}

/** What is to be asked of the database about a token. */
export async function questionOf(
  settings: Settings,
  token: string,
  now: Date,
): Promise<Question | Refusal> {
  const claims = await readDrfJwt(settings, token, now)
  if (typeof claims === 'string') return claims
  const { username } = claims
  if (!isDrfJwt(settings, claims) || typeof username !== 'string' || username === '')
    return 'nameless'
  return { claims, userId: idOf(settings, username, claims.user_id), stands: standing(claims, now) }
}

/** What the database's answer means for the token. */
export async function admitted(
  settings: Settings,
  { claims }: Question,
  user: User | undefined,
  stands: boolean,
): Promise<User | Refusal> {
  if (!user) return 'unknown'
  const isOutOfReach = claims.act !== undefined && !mayBeImpersonated(user)
  if (!stands || isOutOfReach) return 'revoked'
  if (user.status !== 'active' || !canAuthenticate(user)) return 'disabled'
  // As where JWT_GET_USER_SECRET_KEY is another since: the signature does not fit.
  return (await isOfVersion(settings, claims, user)) ? user : 'undecodable'
}

/** A token's user and claims. One trip, and none for a token that is refused by itself. */
export async function findHolder(
  db: Database,
  settings: Settings,
  token: string,
  now: Date,
): Promise<Holder | Refusal> {
  const question = await questionOf(settings, token, now)
  if (typeof question === 'string') return question
  const [found] = await db
    .select({ ...getTableColumns(users), stands: question.stands.as('stands') })
    .from(users)
    .where(eq(users.id, question.userId))
  const user = await admitted(settings, question, found, Boolean(found?.stands))
  return typeof user === 'string' ? user : { user, claims: question.claims }
}

/** Takes back all that was exchanged for one log-in. */
export const endChain = (
  db: Database,
  user: User,
  { jti, expiresAt }: { jti: string; expiresAt: Date },
  occasion: Occasion,
) =>
  db.batch([
    revoke(db, { jti, userId: user.id, tokenType: 'drf-jwt', expiresAt }, occasion.now),
    note(
      db,
      { kind: 'token_blacklisted', detail: 'drf-jwt' },
      and(eq(users.id, user.id), sql`changes() > 0`),
      occasion,
    ),
  ])

// By name, as the originals; and by id where it is claimed, for a name may be somebody else's by now.
function idOf(settings: Settings, username: string, claimed: unknown): SQL<number> {
  const name =
    settings.loginField === 'email'
      ? sql`named.email_key in ${emailKeys(username)}`
      : sql`named.username = ${username}`
  const id = claimed === undefined ? undefined : (idIn(`${claimed}`) ?? null)
  const sameId = id === undefined ? sql`` : sql` and named.id = ${id}`
  return sql<number>`(select named.id from users named where ${name}${sameId})`
}

function standing(claims: Claims, now: Date): SQL<number> {
  const actor = actorOf(claims)
  if (actor === false) return sql<number>`0`
  const chain = chainOf(claims)
  const chains = [chain, actor?.jti].filter((jti) => jti !== undefined)
  return actor === undefined
    ? noneRevoked(chains)
    : sql<number>`${noneRevoked(chains)} and ${mayAct(actor, now)}`
}

const mayAct = ({ sub, token_version, sid }: Actor, now: Date) => sql<number>`exists (
  select 1 from users actor where actor.id = ${idIn(sub) ?? null} and actor.status = 'active'
  and actor.is_superuser = 1 and actor.token_version = ${token_version}
  and ${sid === undefined ? sql`1` : isLiving(sid, sql`actor.id`, now)})`
