// Whose a token of Simple JWT is, and whether it still lets him in: refused once it was taken back, its session
// ended, or its user was disabled or changed the password.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { type User, users } from '../schema.ts'
import { isActiveSession, isSessionOf } from '../sessions/sessions.ts'
import { isSlidingRevoked } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { userIdFromClaims } from '../tokens/claims.ts'
import { type Claims, readVerified, type TokenProblem, type Verified } from '../tokens/jwt.ts'
import { hasCurrentRevokeClaim, passesRevokeCheck } from '../tokens/revoke-claim.ts'

/** Why a token that is sound lets nobody in. */
export type SimpleJwtFailure =
  | 'no_user_id'
  | 'user_not_found'
  | 'revoked'
  | 'user_inactive'
  | 'password_changed'

/** SQL for the statement that reads a token's user. */
export interface UserLookup {
  userId: SQL<number>
  /** Whether the token was not revoked, and its session is one of this user. */
  isValid: SQL<number>
}

/** A token of one of AUTH_TOKEN_CLASSES, or a problem for each of them. */
export async function readAccessToken(
  settings: Settings,
  token: string,
  now: Date,
): Promise<Verified | TokenProblem[]> {
  const problems: TokenProblem[] = []
  for (const type of settings.authTokenClasses) {
    const read = await readVerified(settings, token, type, now)
    if (typeof read !== 'string') return read
    problems.push(read)
  }
  return problems
}

/** What is to be asked of the database about a token. */
export function userLookup(
  settings: Settings,
  bearer: Verified,
  now: Date,
): UserLookup | SimpleJwtFailure {
  const { claims } = bearer
  if (claims[settings.userIdClaim] === undefined) return 'no_user_id'
  const userId = userIdFromClaims(settings, claims)
  return userId ? { userId, isValid: validitySql(settings, bearer, now) } : 'user_not_found'
}

/** What the database's answer means for the token. */
export async function checkUser(
  settings: Settings,
  claims: Claims,
  user: User | undefined,
  stands: boolean,
): Promise<User | SimpleJwtFailure> {
  if (!user) return 'user_not_found'
  // Simple JWT refuses a token of an earlier password in its own words, where it asks for that at all.
  const isByVersion =
    settings.checkRevokeToken && claims.sid === undefined && !isSliding(settings, claims)
  if (!stands && !isByVersion) return 'revoked'
  if ((settings.checkUserIsActive && user.status !== 'active') || !canAuthenticate(user)) {
    return 'user_inactive'
  }
  const isUnchanged = isSliding(settings, claims) ? hasCurrentRevokeClaim : passesRevokeCheck
  return stands && (await isUnchanged(settings, claims, user)) ? user : 'password_changed'
}

/** The user of a token that lets him in. One trip. */
export async function findTokenUser(
  db: Database,
  settings: Settings,
  bearer: Verified,
  now: Date,
): Promise<User | SimpleJwtFailure> {
  const question = userLookup(settings, bearer, now)
  if (typeof question === 'string') return question
  const [found] = await db
    .select({ ...getTableColumns(users), stands: question.isValid.as('stands') })
    .from(users)
    .where(eq(users.id, question.userId))
  return checkUser(settings, bearer.claims, found, Boolean(found?.stands))
}

/**
 * SQL on `users`. The session must be one of the user: a name that the token gives (USER_ID_FIELD) may be
 * another user's by now. An access token without a session is from the Django that the users came from: it
 * counts as version 0, whatever CHECK_SESSION and CHECK_REVOKE_TOKEN say.
 */
function validitySql(settings: Settings, { claims, isRemote }: Verified, now: Date): SQL<number> {
  if (isSliding(settings, claims)) return sql`not ${isSlidingRevoked(settings, claims)}`
  if (isRemote) return sql`1`
  const { sid } = claims
  if (typeof sid !== 'string') return sql`users.token_version = 0`
  const owner = sql`users.id`
  return settings.checkSession ? isActiveSession(sid, owner, now) : isSessionOf(sid, owner)
}

const isSliding = (settings: Settings, claims: Claims) =>
  claims[settings.tokenTypeClaim] === 'sliding'
