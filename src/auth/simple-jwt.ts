// Whose a token of Simple JWT is, and whether it still lets him in: refused once it was taken back, its session
// ended, or its user was disabled or changed the password.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { type User, users } from '../schema.ts'
import { isLiving, isOwnedBy } from '../sessions/sessions.ts'
import { isTakenBack } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { idNamedBy } from '../tokens/claims.ts'
import { type Claims, readVerified, type TokenProblem, type Verified } from '../tokens/jwt.ts'
import { isCurrent, isMarked } from '../tokens/revoke-claim.ts'

/** Why a token that is sound lets nobody in. */
export type Refusal = 'nameless' | 'unknown' | 'taken back' | 'inactive' | 'password changed'

/** SQL for the statement that reads a token's user. */
export interface Question {
  userId: SQL<number>
  /** Whether the token was not revoked, and its session is one of this user. */
  stands: SQL<number>
}

/** A token of one of AUTH_TOKEN_CLASSES, or a problem for each of them. */
export async function readBearer(
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
export function questionOf(settings: Settings, bearer: Verified, now: Date): Question | Refusal {
  const { claims } = bearer
  if (claims[settings.userIdClaim] === undefined) return 'nameless'
  const userId = idNamedBy(settings, claims)
  return userId ? { userId, stands: standing(settings, bearer, now) } : 'unknown'
}

/** What the database's answer means for the token. */
export async function admitted(
  settings: Settings,
  claims: Claims,
  user: User | undefined,
  stands: boolean,
): Promise<User | Refusal> {
  if (!user) return 'unknown'
  // Simple JWT refuses a token of an earlier password in its own words, where it asks for that at all.
  const isByVersion =
    settings.checkRevokeToken && claims.sid === undefined && !isSliding(settings, claims)
  if (!stands && !isByVersion) return 'taken back'
  if ((settings.checkUserIsActive && user.status !== 'active') || !canAuthenticate(user)) {
    return 'inactive'
  }
  const isUnchanged = isSliding(settings, claims) ? isMarked : isCurrent
  return stands && (await isUnchanged(settings, claims, user)) ? user : 'password changed'
}

/** The user of a token that lets him in. One trip. */
export async function findBearer(
  db: Database,
  settings: Settings,
  bearer: Verified,
  now: Date,
): Promise<User | Refusal> {
  const question = questionOf(settings, bearer, now)
  if (typeof question === 'string') return question
  const [found] = await db
    .select({ ...getTableColumns(users), stands: question.stands.as('stands') })
    .from(users)
    .where(eq(users.id, question.userId))
  return admitted(settings, bearer.claims, found, Boolean(found?.stands))
}

/**
 * SQL on `users`. The session must be one of the user: a name that the token gives (USER_ID_FIELD) may be
 * another user's by now. An access token without a session is from the Django that the users came from: it
 * counts as version 0, whatever CHECK_SESSION and CHECK_REVOKE_TOKEN say.
 */
function standing(settings: Settings, { claims, isRemote }: Verified, now: Date): SQL<number> {
  if (isSliding(settings, claims)) return sql`not ${isTakenBack(settings, claims)}`
  if (isRemote) return sql`1`
  const { sid } = claims
  if (typeof sid !== 'string') return sql`users.token_version = 0`
  const owner = sql`users.id`
  return settings.checkSession ? isLiving(sid, owner, now) : isOwnedBy(sid, owner)
}

const isSliding = (settings: Settings, claims: Claims) =>
  claims[settings.tokenTypeClaim] === 'sliding'
