// Rotation, reuse interval and reuse of refresh tokens, decided in SQL: one statement, one written row (RFC 9700 §4.14,
// docs/decisions/012).

import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, retryWindow } from '../db.ts'
import { sessions } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { userJsonOfSession } from '../user-json.ts'
import { userMayGetTokens } from './sessions.ts'

/** The session in a refresh token. */
export interface PresentedToken {
  /** The session's id. */
  id: string
  /** The number of rotations of the session when the token was issued. */
  counter: number
}

/** Whether a refresh token works only once: if Simple JWT would blacklist a used one. */
export const isSingleUse = (settings: Settings) =>
  settings.rotateRefreshTokens && settings.blacklistAfterRotation

/**
 * Milliseconds in which a used token still gets its successor. A refresh that was answered 503 may have been applied, so
 * a client that obeys Retry-After must not look like an attacker.
 */
export const reuseInterval = ({ refreshTokenReuseInterval: seconds, d1Timeout }: Settings) =>
  seconds === 0 ? 0 : Math.max(seconds, retryWindow(d1Timeout) + networkDelay) * 1000

const networkDelay = 5 // seconds

/**
 * Rotates a session, and returns it with its user if the token is valid. A token that is used again within the reuse interval
 * gets the same successor, so that two tabs agree. So the statement can be repeated, unless the interval is 0. With
 * BLACKLIST_AFTER_ROTATION and D1_TIMEOUT=5s, for a token with counter 4:
 *
 *     update sessions set last_used_at = :now,
 *       refresh_counter = refresh_counter + (refresh_counter = 4),
 *       refreshed_at = case when refresh_counter = 4 then :now else refreshed_at end
 *     where id = :session and WAS_ALLOWED and revoked_at is null
 *       and (expires_at is null or expires_at > :now)
 *       and exists (select 1 from users where users.id = user_id and status = 'active')
 *       and (refresh_counter = 4 or (refresh_counter = 5 and max(0, :now - refreshed_at) < 20000))
 *     returning id, refresh_counter, refreshed_at, expires_at, (select json_array(…) from users …) as user
 *
 * @param wasAllowed SQL: whether the rate THROTTLE_REFRESH allowed the attempt
 */
export function rotateStatement(
  db: Pick<Database, 'update'>,
  settings: Settings,
  { id, counter }: PresentedToken,
  wasAllowed: SQL,
  now: number,
) {
  const isActive = sql`sessions.id = ${id} and ${wasAllowed} and sessions.revoked_at is null
    and (sessions.expires_at is null or sessions.expires_at > ${now})
    and exists (select 1 from users
      where users.id = sessions.user_id and ${userMayGetTokens(settings)})`
  const session = {
    id: sessions.id,
    counter: sessions.refreshCounter,
    refreshedAt: sessions.refreshedAt,
    expiresAt: sessions.expiresAt,
    user: userJsonOfSession.as('user'),
  }

  const lastUsedAt = sql`${now}`
  if (!settings.rotateRefreshTokens) {
    return db.update(sessions).set({ lastUsedAt }).where(isActive).returning(session)
  }
  if (!settings.blacklistAfterRotation) {
    return db
      .update(sessions)
      .set({ refreshCounter: sql`refresh_counter + 1`, refreshedAt: sql`${now}`, lastUsedAt })
      .where(isActive)
      .returning(session)
  }
  return db
    .update(sessions)
    .set({
      lastUsedAt,
      refreshCounter: sql`refresh_counter + (refresh_counter = ${counter})`,
      refreshedAt: sql`case when refresh_counter = ${counter} then ${now} else refreshed_at end`,
    })
    .where(
      sql`${isActive} and (refresh_counter = ${counter}
        or (refresh_counter = ${counter + 1} and max(0, ${now} - refreshed_at) < ${reuseInterval(settings)}))`,
    )
    .returning(session)
}

/** Revokes the session of a token that was used before the reuse interval. */
export function revokeReused(
  db: Database,
  settings: Settings,
  { id, counter }: PresentedToken,
  now: Date,
) {
  const wasUsed = sql`(refresh_counter > ${counter + 1} or (refresh_counter = ${counter + 1}
    and ${now.getTime()} - refreshed_at >= ${reuseInterval(settings)}))`
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: 'reuse' })
    .where(
      and(
        eq(sessions.id, id),
        isNull(sessions.revokedAt),
        sql`${now.getTime()} >= refreshed_at`,
        wasUsed,
      ),
    )
}
