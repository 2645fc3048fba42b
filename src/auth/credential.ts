// A credential: the user that a token or an authtoken key names, and whether it is still valid. simple-jwt.ts, drf-jwt.ts
// and guards/authtoken.ts each make one. No code here knows HTTP: the guards have each package's messages for a failure.

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { namedUserId, readNear } from '../replicas.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type ResultOf, type Results, type Statements, written } from '../statements.ts'
import type { Claims } from '../tokens/claims.ts'
import { userFromJson, userJson } from '../user-json.ts'

export interface Credential {
  /** SQL: the id of the user that the credential names. */
  userId: SQL<number>
  /** SQL, read together with the user: 1 if the credential has not been revoked. */
  isValid: SQL<number>
  /** The claims of a JWT; undefined for an authtoken key. */
  claims?: Claims
  /** Decides whether the credential is valid for the user that was read. @param isValid the result of the SQL above */
  checkUser(user: User, isValid: boolean): Promise<User | AuthFailure>
}

/**
 * Why a credential is refused, in Simple JWT's codes where it has one.
 * `no_user_id`: the token does not name a user. `user_not_found`: it names a user that does not exist.
 * `revoked`: the token, its family or its session was revoked. `user_inactive`: the user is not active, or
 * `canAuthenticate` refuses them. `password_changed`: the password changed after the token was issued.
 */
export type AuthFailure =
  | 'no_user_id'
  | 'user_not_found'
  | 'revoked'
  | 'user_inactive'
  | 'password_changed'

/** Selects the user of a credential. `checkTokenUser` decides what the rows mean. */
export const tokenUserQuery = (db: Database, { userId, isValid }: Credential) =>
  written(
    db,
    sql`select ${userJson()} as user, ${isValid} as isValid from users where users.id = ${userId}`,
    (row: { user: string; isValid: number }) => ({
      user: userFromJson(row.user),
      isValid: row.isValid === 1,
    }),
  )

/** The user of a credential from the rows of `tokenUserQuery`, or why the credential is refused. */
export const checkTokenUser = async (
  credential: Credential,
  [found]: ResultOf<ReturnType<typeof tokenUserQuery>>,
): Promise<User | AuthFailure> =>
  found ? credential.checkUser(found.user, found.isValid) : 'user_not_found'

/**
 * The user of a credential and other rows of that user, at the nearest replica. A replica refuses no caller.
 * @returns undefined if the primary must be asked
 */
export async function readUserNear<T extends Statements>(
  db: Database,
  settings: Settings,
  credential: Credential,
  queries: T,
  now: Date,
): Promise<{ user: User; results: Results<T> } | undefined> {
  const { claims } = credential
  // Only a session's token is read near: it names the user's id, by which the last write is found.
  const publicId = typeof claims?.sid === 'string' ? namedUserId(settings, claims) : undefined
  if (publicId === undefined) return undefined
  const statements = { found: tokenUserQuery(db, credential), ...queries }
  const results = await readNear(db, settings, { publicId }, statements, now)
  const user = results && (await checkTokenUser(credential, results.found))
  return typeof user === 'object' ? { user, results: results as unknown as Results<T> } : undefined
}

/** Reads the user of a credential, in one round trip. */
export async function findTokenUser(
  db: Database,
  credential: Credential,
): Promise<User | AuthFailure> {
  const { found } = await batch(db, { found: tokenUserQuery(db, credential) })
  return checkTokenUser(credential, found)
}
