// Rotation, grace and reuse of refresh tokens, decided in SQL: one statement, one written row (RFC 9700 §4.14).

import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { type Database, retryWindow } from '../db.ts'
import { sessions } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { userJsonOfSession } from '../tokens/claims.ts'
import { userMayGetTokens } from './sessions.ts'

/** What a token says of its session. */
export interface PresentedToken {
  id: string
  /** How often it had been rotated when the token was made. */
  counter: number
}

/** Whether a used-up refresh token ends its session: only where Simple JWT would blacklist it. */
export const isSingleUse = (settings: Settings) =>
  settings.rotateRefreshTokens && settings.blacklistAfterRotation

/**
 * In milliseconds: how long a used token still gets its successor. A refresh that was answered 503 may have been
 * exchanged all the same: a client that obeys Retry-After must not look like theft.
 */
export const reuseInterval = ({ refreshTokenReuseInterval: grace, d1Timeout }: Settings) =>
  grace === 0 ? 0 : Math.max(grace, retryWindow(d1Timeout) + slack) * 1000

const slack = 5 // seconds on the way

// A token that is used again within the grace gets the same successor, so that two tabs agree; and the
// statement can be repeated without harm, unless the grace is 0.
export function rotateStatement(
  db: Pick<Database, 'update'>,
  settings: Settings,
  held: PresentedToken,
  wasAllowed: SQL,
  now: number,
) {
  const living = sql`sessions.id = ${held.id} and ${wasAllowed} and sessions.revoked_at is null
    and (sessions.expires_at is null or sessions.expires_at > ${now})
    and exists (select 1 from users
      where users.id = sessions.user_id and ${userMayGetTokens(settings)})`
  const answer = {
    id: sessions.id,
    counter: sessions.refreshCounter,
    refreshedAt: sessions.refreshedAt,
    expiresAt: sessions.expiresAt,
    user: userJsonOfSession().as('user'),
  }

  const lastUsedAt = sql`${now}`
  if (!settings.rotateRefreshTokens) {
    return db.update(sessions).set({ lastUsedAt }).where(living).returning(answer)
  }
  if (!settings.blacklistAfterRotation) {
    return db
      .update(sessions)
      .set({ refreshCounter: sql`refresh_counter + 1`, refreshedAt: sql`${now}`, lastUsedAt })
      .where(living)
      .returning(answer)
  }
  return db
    .update(sessions)
    .set({
      lastUsedAt,
      refreshCounter: sql`refresh_counter + (refresh_counter = ${held.counter})`,
      refreshedAt: sql`case when refresh_counter = ${held.counter} then ${now} else refreshed_at end`,
    })
    .where(
      sql`${living} and (refresh_counter = ${held.counter}
        or (refresh_counter = ${held.counter + 1} and max(0, ${now} - refreshed_at) < ${reuseInterval(settings)}))`,
    )
    .returning(answer)
}

/** Ends the session of a token that was used before, and not within the grace. */
export function revokeReused(
  db: Database,
  settings: Settings,
  { id, counter }: PresentedToken,
  now: Date,
) {
  const used = sql`(refresh_counter > ${counter + 1} or (refresh_counter = ${counter + 1}
    and ${now.getTime()} - refreshed_at >= ${reuseInterval(settings)}))`
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: 'reuse' })
    .where(
      and(
        eq(sessions.id, id),
        isNull(sessions.revokedAt),
        sql`${now.getTime()} >= refreshed_at`,
        used,
      ),
    )
}
