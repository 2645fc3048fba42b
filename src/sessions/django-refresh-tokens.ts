// Refresh tokens that a Django with the same signing key issued before its users moved here. The first use of such a token
// creates a session, whose id follows from the token. We remember that until the token expires, so that it cannot create
// a second session.

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
  /** SQL. */
  userId: SQL<number>
  expiresAt: Date
}

/** The id and the user in a token without a session; undefined if one of them is missing. */
export function djangoTokenIn(settings: Settings, claims: Claims): DjangoToken | undefined {
  const jti = claims[settings.jtiClaim]
  const userId = userIdFromClaims(settings, claims)
  if (typeof jti !== 'string' || jti === '' || !userId) return undefined
  return { jti, userId, expiresAt: fromEpochSeconds(Number(claims.exp)) }
}

/**
 * 128 bits of HMAC-SHA-256, under the oldest secret: a new SECRET_KEY changes no id while the old one is among the
 * fallbacks.
 */
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
 * Creates the token's session, once, for an imported user that has not changed the password here. The session's id is that
 * of `sessionIdFor`. The statements, for a batch, write nothing if the token has been exchanged for a session before.
 */
export function createSessionFor(
  db: Database,
  settings: Settings,
  { sessionId: id, jti, userId, expiresAt }: DjangoToken & { sessionId: string },
  client: ClientInfo,
  now: Date,
) {
  const where = and(
    eq(users.id, userId),
    eq(users.tokenVersion, 0),
    userMayGetTokens(settings),
    notExists(findImported(db, { jti })),
  )
  return [
    insertSession(db, startOf(settings, id, now), client, where),
    insertWhere(
      db,
      revokedTokens,
      { jti, userId: sql`users.id`, tokenType: 'refresh', expiresAt, revokedAt: now },
      eq(users.id, ownerOfSession(id)),
    ).onConflictDoNothing(),
  ] as const
}

/** A row if the token has been exchanged for a session. */
export const findImported = (db: Database, { jti }: Pick<DjangoToken, 'jti'>) =>
  db.select({ jti: revokedTokens.jti }).from(revokedTokens).where(eq(revokedTokens.jti, jti))
