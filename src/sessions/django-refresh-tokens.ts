// Refresh tokens that a Django with the same key issued before its people moved here. At first use such a
// token gets a session, whose id follows from the token, and from then on it is one of ours. That it had
// its session is kept for as long as it lives, so that it gets no second one when the first is gone.

import { and, eq, notExists, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { ClientInfo } from '../request-info.ts'
import { revokedTokens, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { insertWhere } from '../statements.ts'
import { fromEpochSeconds } from '../time.ts'
import type { Claims } from '../tokens/claims.ts'
import { userIdFromClaims } from '../tokens/claims.ts'
import { hmac } from '../tokens/hmac.ts'
import { insertSession, ownerOfSession, startOf, userMayGetTokens } from './sessions.ts'

export interface DjangoToken {
  jti: string
  userId: SQL<number>
  expiresAt: Date
}

/** What a token without a session says; undefined where it names no user, or not itself. */
export function djangoTokenIn(settings: Settings, claims: Claims): DjangoToken | undefined {
  const jti = claims[settings.jtiClaim]
  const userId = userIdFromClaims(settings, claims)
  if (typeof jti !== 'string' || jti === '' || !userId) return undefined
  return { jti, userId, expiresAt: fromEpochSeconds(Number(claims.exp)) }
}

/** The same under a new SECRET_KEY, as long as the old one is among the fallbacks. 128 bits. */
export async function sessionIdFor(
  settings: Settings,
  { jti }: Pick<DjangoToken, 'jti'>,
  claims: Claims,
) {
  const key = settings.secretKeyFallbacks.at(-1) ?? settings.secretKey
  const subject = String(claims[settings.userIdClaim])
  return (await hmac(key, 'session of a refresh token', [jti, subject])).slice(0, 32)
}

/**
 * Gives the token its session, once, if the user came from elsewhere and has had no other password here.
 * Statements for a batch; a token that has its session writes nothing.
 */
export function createSessionFor(
  db: Database,
  settings: Settings,
  id: string,
  { jti, userId, expiresAt }: DjangoToken,
  device: ClientInfo,
  now: Date,
) {
  const isFirst = notExists(findImported(db, { jti }))
  const where = and(eq(users.id, userId), eq(users.tokenVersion, 0), isFirst)
  return [
    insertSession(db, startOf(settings, id, now), device, and(where, userMayGetTokens(settings))),
    insertWhere(
      db,
      revokedTokens,
      { jti, userId: sql`users.id`, tokenType: 'refresh', expiresAt, revokedAt: now },
      eq(users.id, ownerOfSession(id)),
    ).onConflictDoNothing(),
  ] as const
}

/** A row, if the token has had its session. */
export const findImported = (db: Database, { jti }: Pick<DjangoToken, 'jti'>) =>
  db.select({ jti: revokedTokens.jti }).from(revokedTokens).where(eq(revokedTokens.jti, jti))
