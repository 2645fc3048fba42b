// DRF's authtoken: one key for each user, the same at every login until the logout. A row holds a nonce and the key's hash.
// Gatehouse computes the key again from the nonce and SECRET_KEY, so a row does not reveal it.

import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { hexDigest, newRandomId } from '../encoding.ts'
import { authTokens } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { insertWhere, userExists, userIs } from '../statements.ts'
import { hmac } from '../tokens/hmac.ts'

export interface Authtoken {
  /** 160 bits of HMAC-SHA-256, as 40 hexadecimal digits. */
  key: string
  /** SHA-256 of the key, by which its row is found. */
  hash: string
  /** 128 random bits. */
  nonce: string
}

export async function newAuthtoken(settings: Settings, userId: number): Promise<Authtoken> {
  const nonce = newRandomId()
  const key = await deriveAuthtoken(settings.secretKey, userId, nonce)
  return { key, hash: await hashKey(key), nonce }
}

/**
 * Inserts the key for the user that a condition on `users` selects. Does nothing if the user has a key that Gatehouse
 * made.
 */
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

/**
 * The user's key that Gatehouse made, not an imported one.
 * @param provided a condition on `users` that must hold for some user
 */
export const findAuthtoken = (db: Database, userId: number, provided: SQL | undefined) =>
  db
    .select({ hash: authTokens.hash, nonce: sql<string>`${authTokens.nonce}`.as('nonce') })
    .from(authTokens)
    .where(and(eq(authTokens.userId, userId), isNotNull(authTokens.nonce), userExists(provided)))

/** The key of a row; undefined if neither SECRET_KEY nor a fallback is the secret that made it. */
export async function keyOfRow(
  { secretKey, secretKeyFallbacks }: Settings,
  userId: number,
  { hash, nonce }: { hash: string; nonce: string },
): Promise<string | undefined> {
  for (const secret of [secretKey, ...secretKeyFallbacks]) {
    const key = await deriveAuthtoken(secret, userId, nonce)
    if ((await hashKey(key)) === hash) return key
  }
  return undefined
}

/**
 * Deletes all keys of a user, including imported ones.
 * @param provided a condition on `users` that the user must meet
 */
export const deleteAuthtokens = (db: Database, userId: number | SQL<number>, provided?: SQL) =>
  db.delete(authTokens).where(and(eq(authTokens.userId, userId), userIs(userId, provided)))

/**
 * Deletes one key.
 * @param provided a condition on `users` that must hold for some user
 */
export const deleteAuthtoken = (db: Database, hash: string, provided: SQL | undefined) =>
  db.delete(authTokens).where(and(eq(authTokens.hash, hash), userExists(provided)))

/** SQL: the id of the key's owner. */
export const userIdOfKey = (hash: string) =>
  sql<number>`(select user_id from auth_tokens where hash = ${hash})`

/** SHA-256. A key has 160 random bits, so its hash needs neither a salt nor a cost. */
export const hashKey = (key: string) => hexDigest('SHA-256', key)

const deriveAuthtoken = async (secretKey: string, userId: number, nonce: string) =>
  (await hmac(secretKey, 'authtoken', [userId, nonce])).slice(0, 40)
