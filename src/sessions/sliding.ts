// Sliding tokens: access and refresh in one, without a session. All tokens of a chain have one `jti`, by
// which they are taken back together; a new password ends them by the user's token version.

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

/** The next token of the chain, in one trip. `inactive`: the user is disabled or gone. */
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
  const revoked = isSlidingRevoked(settings, claims)
  const [user] = await db
    .select({
      ...getTableColumns(users),
      isAdmitted: sql<number>`${userMayGetTokens(settings)}`.as('is_admitted'),
      isRevoked: revoked.as('is_revoked'),
    })
    .from(users)
    .where(eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`))
  if (user?.isRevoked) return 'blacklisted'

  const end = claims[settings.slidingTokenRefreshExpClaim]
  if (end === undefined) return 'missing_refresh_exp'
  if (typeof end !== 'number') return 'invalid'
  if (end <= now.getTime() / 1000 - settings.leeway) return 'refresh_period_expired'
  if (!user?.isAdmitted || !canAuthenticate(user)) return 'user_inactive'
  if (!(await hasCurrentRevokeClaim(settings, claims, user))) {
    // As Simple JWT's next version, which blacklists what it refuses so: none of this chain can be good again.
    const jti = jtiOf(settings, claims)
    if (jti !== undefined)
      await revokeFamilyOf(db, settings, claims, { jti, where: eq(users.id, user.id) }, now)
    return 'password_changed'
  }

  const next = { ...claims, ...claimsFor(user), ...times(settings, now) }
  return { token: await sign(settings, next, now) }
}

/**
 * Takes back a token with all its chain, in one trip with what is to follow; `isDone` tells afterwards whether
 * that was this call.
 */
export async function revokeSliding(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
  { atEnd, isDone }: { atEnd: Statement[]; isDone: SQL },
): Promise<'done' | 'invalid' | 'blacklisted'> {
  const jti = jtiOf(settings, claims)
  const userId = userIdFromClaims(settings, claims)
  if (jti === undefined || !userId) return 'invalid'
  const revoke = revokeFamilyOf(db, settings, claims, { jti, where: eq(users.id, userId) }, now)
  const find = db
    .select({ jti: revokedTokens.jti })
    .from(revokedTokens)
    .where(and(eq(revokedTokens.jti, jti), isDone))
  const { done } = await batch(db, { revoke, followUp: atEnd, done: find })
  return done.length > 0 ? 'done' : 'blacklisted'
}

/** Revokes the chain of a token, if the user that `who` finds is still there. */
const revokeFamilyOf = (
  db: Database,
  settings: Settings,
  claims: Claims,
  { jti, where }: { jti: string; where: SQL },
  now: Date,
) =>
  insertWhere(
    db,
    revokedTokens,
    {
      jti,
      userId: sql`users.id`,
      tokenType: 'sliding',
      expiresAt: familyExpiryOf(settings, claims),
      revokedAt: now,
    },
    where,
  ).onConflictDoNothing()

/** Whether Simple JWT would find the token on its blacklist. One trip. */
export async function isFamilyRevoked(db: Database, settings: Settings, claims: Claims) {
  const jti = jtiOf(settings, claims)
  if (jti === undefined) return false
  const rows = await db
    .select({ jti: revokedTokens.jti })
    .from(revokedTokens)
    .where(eq(revokedTokens.jti, jti))
  return rows.length > 0
}

/** SQL: whether the chain of this token was taken back. */
export function isSlidingRevoked(settings: Settings, claims: Claims) {
  const jti = jtiOf(settings, claims)
  return jti === undefined ? sql<number>`0` : isRevoked(jti)
}

function jtiOf({ jtiClaim }: Settings, claims: Claims): string | undefined {
  const jti = claims[jtiClaim]
  return typeof jti === 'string' && jti !== '' ? jti : undefined
}

// The last token of a chain is made just before the end of the refreshing.
function familyExpiryOf(settings: Settings, claims: Claims): Date {
  const lastRefresh = Number(claims[settings.slidingTokenRefreshExpClaim] ?? 0) || 0
  const last = lastRefresh + settings.leeway + settings.slidingTokenLifetime
  return fromEpochSeconds(Math.max(Number(claims.exp), last))
}

const times = (settings: Settings, now: Date) => ({
  exp: epochSeconds(now) + settings.slidingTokenLifetime,
  iat: epochSeconds(now),
})
