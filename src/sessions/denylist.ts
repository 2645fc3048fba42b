// The denylist of tokens without a session. It holds ids of tokens or token families until they would have expired.

import { lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { revokedTokens } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { deleteOldest } from '../statements.ts'
import { addSeconds } from '../time.ts'

type NewRevocation = Omit<typeof revokedTokens.$inferInsert, 'revokedAt'>

/**
 * Revokes a token by its `jti`, or a token family by the `jti` of its first token. If it is revoked already, nothing
 * changes.
 */
export const revokeToken = (db: Database, revocation: NewRevocation, now: Date) =>
  db
    .insert(revokedTokens)
    .values({ ...revocation, revokedAt: now })
    .onConflictDoNothing()

/** SQL: whether the token or family with this id was revoked. */
export const isRevoked = (jti: string) =>
  sql<number>`exists (select 1 from revoked_tokens where revoked_tokens.jti = ${jti})`

/** SQL: whether none of these ids was revoked. */
export const noneRevoked = (jtis: string[]): SQL<number> =>
  jtis.length === 0
    ? sql<number>`1`
    : sql<number>`not exists (select 1 from revoked_tokens revoked where revoked.jti in ${jtis})`

/** Deletes the rows of tokens that have expired. */
export const deleteExpiredRevocations = (
  db: Database,
  { leeway }: Settings,
  now: Date,
  limit: number,
) => {
  const expired = lt(revokedTokens.expiresAt, addSeconds(now, -leeway))
  return deleteOldest(db, revokedTokens, revokedTokens.expiresAt, expired, limit)
}
