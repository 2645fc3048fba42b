// Decides in SQL about a refresh token: rotation, another use within the reuse interval, or reuse (RFC 9700 §4.14,
// docs/decisions/012). A refresh is one statement, and writes one row.

import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, retryWindow } from '../db.ts'
import { sessions } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { written } from '../statements.ts'
import { userFromJson, userJson } from '../user-json.ts'
import { type ActiveSession, userMayGetTokens } from './sessions.ts'

/** What a refresh token says of its session. */
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
 * gets the same successor. So two tabs agree, and the statement can be repeated, unless the interval is 0.
 * @param wasAllowed SQL: whether the rate THROTTLE_REFRESH allowed the attempt
 */
export function rotateStatement(
  db: Pick<Database, '$client'>,
  settings: Settings,
  { id, counter }: PresentedToken,
  wasAllowed: SQL,
  now: number,
) {
  const { changes, isCurrent } = rotationSql(settings, counter, now)
  const rotation = sql`update sessions set last_used_at = ${now} ${changes}
    where id = ${id} and ${wasAllowed} and revoked_at is null
      and (expires_at is null or expires_at > ${now})
      and exists (select 1 from users where users.id = sessions.user_id and ${userMayGetTokens(settings)})
      and ${isCurrent}
    returning id, refresh_counter as counter, refreshed_at as refreshedAt, expires_at as expiresAt,
      (select ${userJson()} from users where users.id = sessions.user_id) as user`
  return written(db, rotation, sessionFrom)
}

/** SQL: the columns that a refresh changes besides `last_used_at`, and whether the token is one that still works. */
function rotationSql(settings: Settings, counter: number, now: number) {
  if (!settings.rotateRefreshTokens) return { changes: sql``, isCurrent: sql`true` }
  if (!settings.blacklistAfterRotation) {
    const changes = sql`, refresh_counter = refresh_counter + 1, refreshed_at = ${now}`
    return { changes, isCurrent: sql`true` }
  }
  return {
    changes: sql`, refresh_counter = refresh_counter + (refresh_counter = ${counter}),
      refreshed_at = case when refresh_counter = ${counter} then ${now} else refreshed_at end`,
    isCurrent: sql`(refresh_counter = ${counter} or (refresh_counter = ${counter + 1}
      and max(0, ${now} - refreshed_at) < ${reuseInterval(settings)}))`,
  }
}

interface Rotated {
  id: string
  counter: number
  refreshedAt: number
  expiresAt: number | null
  user: string
}

const sessionFrom = ({ refreshedAt, expiresAt, user, ...row }: Rotated): ActiveSession => ({
  ...row,
  refreshedAt: new Date(refreshedAt),
  expiresAt: expiresAt === null ? null : new Date(expiresAt),
  user: userFromJson(user),
})

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
