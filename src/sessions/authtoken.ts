// DRF's authtoken: one key for each user, the same at each log-in until log-out. The database holds a nonce
// and the key's hash; the key is made again from them under SECRET_KEY, and cannot be read from a row.

import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { hexDigest, newRandomId } from '../encoding.ts'
import { authTokens } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { insertWhere, userExists, userIs } from '../statements.ts'
import { hmac } from '../tokens/hmac.ts'

/** A key with the row that finds it. 160 bits of HMAC-SHA-256, as 40 hex digits. */
export interface Authtoken {
  key: string
  hash: string
  nonce: string
}

export async function newAuthtoken(settings: Settings, userId: number): Promise<Authtoken> {
  const nonce = newRandomId()
  const key = await deriveKey(settings.secretKey, userId, nonce)
  return { key, hash: await hashKey(key), nonce }
}

/** Inserts it for the user that `who` finds, if he has none yet that was made here. */
export const insertAuthtoken = (
  db: Database,
  { hash, nonce }: Authtoken,
  where: SQL | undefined,
  now: Date,
) =>
  insertWhere(
    db,
    authTokens,
    { hash, userId: sql`users.id`, nonce, createdAt: now },
    where,
  ).onConflictDoNothing()

/** The row of the token that was made for the user, if `provided` still holds of him. */
export const findAuthtoken = (db: Database, userId: number, provided: SQL | undefined) =>
  db
    .select({ hash: authTokens.hash, nonce: sql<string>`${authTokens.nonce}`.as('nonce') })
    .from(authTokens)
    .where(and(eq(authTokens.userId, userId), isNotNull(authTokens.nonce), userExists(provided)))

/** The key of a row, made under the SECRET_KEY that it was made under; undefined if that is gone. */
export async function keyOfRow(
  { secretKey, secretKeyFallbacks }: Settings,
  userId: number,
  { hash, nonce }: { hash: string; nonce: string },
): Promise<string | undefined> {
  for (const secret of [secretKey, ...secretKeyFallbacks]) {
    const key = await deriveKey(secret, userId, nonce)
    if ((await hashKey(key)) === hash) return key
  }
  return undefined
}

/** Ends all keys of a user, imported ones too, if a condition on the user holds. */
export const deleteAuthtokens = (db: Database, userId: number, provided?: SQL) =>
  db.delete(authTokens).where(and(eq(authTokens.userId, userId), userIs(userId, provided)))

/** Ends one key, if a condition on its user holds. */
export const deleteAuthtoken = (db: Database, hash: string, provided: SQL | undefined) =>
  db.delete(authTokens).where(and(eq(authTokens.hash, hash), userExists(provided)))

/** SQL: the id of whom a key belongs to. */
export const userIdOfKey = (hash: string) =>
  sql<number>`(select user_id from auth_tokens where hash = ${hash})`

/** A key is as good as random, so that its hash needs neither salt nor cost. */
export const hashKey = (key: string) => hexDigest('SHA-256', key)

const deriveKey = async (secretKey: string, userId: number, nonce: string) =>
  (await hmac(secretKey, 'authtoken', [userId, nonce])).slice(0, 40)
