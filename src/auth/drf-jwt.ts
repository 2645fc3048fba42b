// Whose a drf-jwt token is, and whether it still lets him in: found by log-in name and id, refused once
// its chain was taken back, its user changed the password, or who acts through it may not any more.

import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { mayBeImpersonated } from '../accounts/rights.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { emailKeys } from '../mail/email-address.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import { noneRevoked, revokeToken } from '../sessions/denylist.ts'
import { isActiveSession } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import {
  type Actor,
  type DrfJwtProblem,
  hasCurrentVersion,
  isDrfJwt,
  readActor,
  readDrfJwt,
  tokenFamilyOf,
} from '../tokens/drf-jwt.ts'
import { parseId } from '../tokens/encoding.ts'
import type { Claims } from '../tokens/jwt.ts'

export type DrfJwtFailure =
  | DrfJwtProblem
  | 'no_user_id'
  | 'user_not_found'
  | 'user_inactive'
  | 'revoked'

export interface TokenUser {
  user: User
  claims: Claims
}

/** SQL for the statement that reads a token's user. */
export interface DrfJwtUserLookup {
  claims: Claims
  userId: SQL<number>
  isValid: SQL<number>
}

/** What is to be asked of the database about a token. */
export async function drfJwtUserLookup(
  settings: Settings,
  token: string,
  now: Date,
): Promise<DrfJwtUserLookup | DrfJwtFailure> {
  const claims = await readDrfJwt(settings, token, now)
  if (typeof claims === 'string') return claims
  const { username } = claims
  if (!isDrfJwt(settings, claims) || typeof username !== 'string' || username === '')
    return 'no_user_id'
  return {
    claims,
    userId: userIdByLogin(settings, username, claims.user_id),
    isValid: validitySql(claims, now),
  }
}

/** What the database's answer means for the token. */
export async function checkDrfJwtUser(
  settings: Settings,
  { claims }: DrfJwtUserLookup,
  user: User | undefined,
  stands: boolean,
): Promise<User | DrfJwtFailure> {
  if (!user) return 'user_not_found'
  const isOutOfReach = claims.act !== undefined && !mayBeImpersonated(user)
  if (!stands || isOutOfReach) return 'revoked'
  if (user.status !== 'active' || !canAuthenticate(user)) return 'user_inactive'
  // As where JWT_GET_USER_SECRET_KEY is another since: the signature does not fit.
  return (await hasCurrentVersion(settings, claims, user)) ? user : 'undecodable'
}

/** A token's user and claims. One trip, and none for a token that is refused by itself. */
export async function findDrfJwtUser(
  db: Database,
  settings: Settings,
  token: string,
  now: Date,
): Promise<TokenUser | DrfJwtFailure> {
  const question = await drfJwtUserLookup(settings, token, now)
  if (typeof question === 'string') return question
  const [found] = await db
    .select({ ...getTableColumns(users), stands: question.isValid.as('stands') })
    .from(users)
    .where(eq(users.id, question.userId))
  const user = await checkDrfJwtUser(settings, question, found, Boolean(found?.stands))
  return typeof user === 'string' ? user : { user, claims: question.claims }
}

/** Takes back all that was exchanged for one log-in. */
export const revokeFamily = (
  db: Database,
  user: User,
  { jti, expiresAt }: { jti: string; expiresAt: Date },
  info: RequestInfo,
) =>
  db.batch([
    revokeToken(db, { jti, userId: user.id, tokenType: 'drf-jwt', expiresAt }, info.now),
    recordEvent(
      db,
      { type: 'token_blacklisted', detail: 'drf-jwt' },
      and(eq(users.id, user.id), sql`changes() > 0`),
      info,
    ),
  ])

// By name, as the originals; and by id where it is claimed, for a name may be somebody else's by now.
function userIdByLogin(settings: Settings, username: string, claimed: unknown): SQL<number> {
  const name =
    settings.loginField === 'email'
      ? sql`named.email_key in ${emailKeys(username)}`
      : sql`named.username = ${username}`
  const id = claimed === undefined ? undefined : (parseId(`${claimed}`) ?? null)
  const sameId = id === undefined ? sql`` : sql` and named.id = ${id}`
  return sql<number>`(select named.id from users named where ${name}${sameId})`
}

function validitySql(claims: Claims, now: Date): SQL<number> {
  const actor = readActor(claims)
  if (actor === false) return sql<number>`0`
  const chain = tokenFamilyOf(claims)
  const chains = [chain, actor?.jti].filter((jti) => jti !== undefined)
  return actor === undefined
    ? noneRevoked(chains)
    : sql<number>`${noneRevoked(chains)} and ${actorIsValid(actor, now)}`
}

const actorIsValid = ({ sub, token_version, sid }: Actor, now: Date) => sql<number>`exists (
  select 1 from users actor where actor.id = ${parseId(sub) ?? null} and actor.status = 'active'
  and actor.is_superuser = 1 and actor.token_version = ${token_version}
  and ${sid === undefined ? sql`1` : isActiveSession(sid, sql`actor.id`, now)})`
