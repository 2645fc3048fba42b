// The denylist of tokens that have no session, by id, for as long as they would live.

import { lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { revokedTokens } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { deleteOldest } from '../statements.ts'
import { addSeconds } from '../time.ts'

type NewRevocation = Omit<typeof revokedTokens.$inferInsert, 'revokedAt'>

/** Takes a token back, or a chain by its first id; a second time changes nothing. */
export const revokeToken = (db: Database, revoked: NewRevocation, now: Date) =>
  db
    .insert(revokedTokens)
    .values({ ...revoked, revokedAt: now })
    .onConflictDoNothing()

/** SQL: whether the token with this id was taken back. */
export const isRevoked = (jti: string) =>
  sql<number>`exists (select 1 from revoked_tokens where revoked_tokens.jti = ${jti})`

/** SQL: whether none of these was taken back. */
export const noneRevoked = (jtis: string[]): SQL<number> =>
  jtis.length === 0
    ? sql<number>`1`
    : sql<number>`not exists (select 1 from revoked_tokens revoked where revoked.jti in ${jtis})`

/** Rows of tokens that have expired by themselves. */
export const deleteExpiredRevocations = (
  db: Database,
  { leeway }: Settings,
  now: Date,
  limit: number,
) => {
  const expired = lt(revokedTokens.expiresAt, addSeconds(now, -leeway))
  return deleteOldest(db, revokedTokens, revokedTokens.expiresAt, expired, limit)
}
