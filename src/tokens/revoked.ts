// The denylist: tokens that have no session and were taken back, by id, for as long as they would live.

import { inArray, lt, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { revokedTokens } from '../schema.ts'
import type { Settings } from '../settings.ts'

/** SQL: whether the token with this id was taken back. */
export const isRevoked = (jti: string) =>
  sql<number>`exists (select 1 from revoked_tokens where revoked_tokens.jti = ${jti})`

/** Rows of tokens that have expired by themselves. */
export const deleteExpiredRevocations = (
  db: Database,
  { leeway }: Settings,
  now: Date,
  most: number,
) => {
  const expired = db
    .select({ jti: revokedTokens.jti })
    .from(revokedTokens)
    .where(lt(revokedTokens.expiresAt, new Date(now.getTime() - leeway * 1000)))
    .orderBy(revokedTokens.expiresAt)
    .limit(most)
  return db.delete(revokedTokens).where(inArray(revokedTokens.jti, expired))
}
