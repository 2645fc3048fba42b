// Sliding tokens: access and refresh token in one, without a session. All tokens of a family have the same `jti`, by which
// they are revoked together. A new password invalidates them by the user's token version.

import { and, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { newRandomId } from '../encoding.ts'
import { canAuthenticate, claimsFor } from '../hooks.ts'
import { revokedTokens, type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, insertWhere, type Statement } from '../statements.ts'
import { epochSeconds, fromEpochSeconds } from '../time.ts'
import { type Claims, userClaims, userIdFromClaims } from '../tokens/claims.ts'
import { idClaim, sign, typeClaim } from '../tokens/jwt.ts'
import { hasCurrentRevokeClaim, revokeClaim } from '../tokens/revoke-claim.ts'
import { isRevoked } from './denylist.ts'
import { userMayGetTokens } from './sessions.ts'

/** The first token of a family. */
export async function slidingToken(settings: Settings, user: User, now: Date): Promise<string> {
  const jti = newRandomId()
  const claims = {
    ...typeClaim(settings, 'sliding'),
    ...times(settings, now),
    ...idClaim(settings, jti),
    [settings.slidingTokenRefreshExpClaim]:
      epochSeconds(now) + settings.slidingTokenRefreshLifetime,
    ...userClaims(settings, user),
    ...(await revokeClaim(settings, user.id, user.tokenVersion)),
  }
  return sign(settings, claims, now)
}

/**
 * The next token of the family, in one round trip.
 * @returns `blacklisted`: the family is revoked; `invalid`, `missing_refresh_exp`, `refresh_period_expired`: by the claim
 * SLIDING_TOKEN_REFRESH_EXP_CLAIM; `user_inactive`: the user is disabled or deleted, or `canAuthenticate` refuses them;
 * `password_changed`: the revoke claim is not current
 */
export async function refreshSliding(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
): Promise<
  | { token: string }
  | 'blacklisted'
  | 'invalid'
  | 'missing_refresh_exp'
  | 'refresh_period_expired'
  | 'user_inactive'
  | 'password_changed'
> {
  const isRevokedSql = isSlidingRevoked(settings, claims)
  const [user] = await db
    .select({
      ...getTableColumns(users),
      mayGetTokens: sql<number>`${userMayGetTokens(settings)}`.as('may_get_tokens'),
      isRevoked: isRevokedSql.as('is_revoked'),
    })
    .from(users)
    .where(eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`))
  if (user?.isRevoked) return 'blacklisted'

  const end = claims[settings.slidingTokenRefreshExpClaim]
  if (end === undefined) return 'missing_refresh_exp'
  if (typeof end !== 'number') return 'invalid'
  if (end <= now.getTime() / 1000 - settings.leeway) return 'refresh_period_expired'
  if (!user?.mayGetTokens || !canAuthenticate(user)) return 'user_inactive'
  if (!(await hasCurrentRevokeClaim(settings, claims, user))) {
    // Simple JWT's next version blacklists such a token too. No token of this family can be valid again.
    const jti = jtiOf(settings, claims)
    if (jti !== undefined) await revokeSlidingFamily(db, settings, claims, sql`${user.id}`, now)
    return 'password_changed'
  }

  const next = { ...claims, ...claimsFor(user), ...times(settings, now) }
  return { token: await sign(settings, next, now) }
}

/**
 * Revokes the family of a token, in one round trip.
 * @param onRevoke statements for the same batch, directly after the revocation (`previousStatementWrote`)
 * @param wasDone SQL, after those statements: whether this request revoked the family
 * @returns `invalid`: the token has no id, or names no user; `blacklisted`: another request revoked the family
 */
export async function revokeSliding(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
  { onRevoke, wasDone }: { onRevoke: Statement[]; wasDone: SQL },
): Promise<'done' | 'invalid' | 'blacklisted'> {
  const jti = jtiOf(settings, claims)
  const userId = userIdFromClaims(settings, claims)
  if (jti === undefined || !userId) return 'invalid'
  const { done } = await batch(db, {
    revocation: revokeSlidingFamily(db, settings, claims, userId, now),
    followUp: onRevoke,
    done: findRevoked(db, and(eq(revokedTokens.jti, jti), wasDone)),
  })
  return done.length > 0 ? 'done' : 'blacklisted'
}

/** Revokes the family if the user with this id exists. The token must have an id. */
const revokeSlidingFamily = (
  db: Database,
  settings: Settings,
  claims: Claims,
  userId: SQL,
  now: Date,
) =>
  insertWhere(
    db,
    revokedTokens,
    {
      jti: jtiOf(settings, claims) ?? '',
      userId: sql`users.id`,
      tokenType: 'sliding',
      expiresAt: familyExpiryOf(settings, claims),
      revokedAt: now,
    },
    eq(users.id, userId),
  ).onConflictDoNothing()

const findRevoked = (db: Database, where: SQL | undefined) =>
  db.select({ jti: revokedTokens.jti }).from(revokedTokens).where(where)

/** Whether Simple JWT would find the token on its blacklist. One round trip. */
export async function isFamilyRevoked(
  db: Database,
  settings: Settings,
  claims: Claims,
): Promise<boolean> {
  const jti = jtiOf(settings, claims)
  return jti !== undefined && (await findRevoked(db, eq(revokedTokens.jti, jti))).length > 0
}

/** SQL: whether the family of this token was revoked. */
export function isSlidingRevoked(settings: Settings, claims: Claims) {
  const jti = jtiOf(settings, claims)
  return jti === undefined ? sql<number>`0` : isRevoked(jti)
}

function jtiOf({ jtiClaim }: Settings, claims: Claims): string | undefined {
  const jti = claims[jtiClaim]
  return typeof jti === 'string' && jti !== '' ? jti : undefined
}

/** When the last token of a family expires: a token that is issued at the end of the refresh period. */
function familyExpiryOf(settings: Settings, claims: Claims): Date {
  const lastRefresh = Number(claims[settings.slidingTokenRefreshExpClaim] ?? 0) || 0
  const last = lastRefresh + settings.leeway + settings.slidingTokenLifetime
  return fromEpochSeconds(Math.max(Number(claims.exp), last))
}

const times = (settings: Settings, now: Date) => ({
  exp: epochSeconds(now) + settings.slidingTokenLifetime,
  iat: epochSeconds(now),
})
