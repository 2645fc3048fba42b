// Whose a token of Simple JWT is, and whether it still lets him in: refused once it was taken back, its session
// ended, or its user was disabled or changed the password.

import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { type Claims, isCurrent, isMarked, readToken, type TokenProblem } from '../tokens/jwt.ts'
import { isLiving } from '../tokens/sessions.ts'
import { isTakenBack } from '../tokens/sliding.ts'
import { idNamedBy } from '../tokens/subject.ts'
import { canAuthenticate } from './custom.ts'

/** Why a token that is sound lets nobody in. */
export type Refusal = 'nameless' | 'unknown' | 'taken back' | 'inactive' | 'password changed'

/** SQL for the statement that reads a token's user. */
export interface Question {
  userId: SQL<number>
  /** Whether the token has not been taken back; of an access token, whether its session lives. */
  stands: SQL<number>
}

/** The claims of a token of one of AUTH_TOKEN_CLASSES, or a problem for each of them. */
export async function readBearer(
  settings: Settings,
  token: string,
  now: Date,
): Promise<Claims | TokenProblem[]> {
  const problems: TokenProblem[] = []
  for (const type of settings.authTokenClasses) {
    const claims = await readToken(settings, token, type, now)
    if (typeof claims !== 'string') return claims
    problems.push(claims)
  }
  return problems
}

/** What is to be asked of the database about a token. */
export function questionOf(settings: Settings, claims: Claims, now: Date): Question | Refusal {
  if (claims[settings.userIdClaim] === undefined) return 'nameless'
  const userId = idNamedBy(settings, claims)
  return userId ? { userId, stands: standing(settings, claims, now) } : 'unknown'
}

/** What the database's answer means for the token. */
export async function admitted(
  settings: Settings,
  claims: Claims,
  user: User | undefined,
  stands: boolean,
): Promise<User | Refusal> {
  if (!user) return 'unknown'
  if (!stands) return 'taken back'
  if ((settings.checkUserIsActive && user.status !== 'active') || !canAuthenticate(user)) {
    return 'inactive'
  }
  const isUnchanged = isSliding(settings, claims) ? isMarked : isCurrent
  return (await isUnchanged(settings, claims, user)) ? user : 'password changed'
}

/** The user of a token that lets him in. One trip. */
export async function findBearer(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
): Promise<User | Refusal> {
  const question = questionOf(settings, claims, now)
  if (typeof question === 'string') return question
  const [found] = await db
    .select({ ...getTableColumns(users), stands: question.stands.as('stands') })
    .from(users)
    .where(eq(users.id, question.userId))
  return admitted(settings, claims, found, Boolean(found?.stands))
}

function standing(settings: Settings, claims: Claims, now: Date): SQL<number> {
  if (isSliding(settings, claims)) return sql`not ${isTakenBack(settings, claims)}`
  const { sid } = claims
  return settings.checkSession && typeof sid === 'string' ? isLiving(sid, now) : sql`1`
}

const isSliding = (settings: Settings, claims: Claims) =>
  claims[settings.tokenTypeClaim] === 'sliding'
