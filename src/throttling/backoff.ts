// The back-off of THROTTLE_LOGIN: the first attempts of a streak are free, then the waits grow (docs/decisions/014).

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { throttles } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Rate } from '../settings/rates.ts'
import { userIs } from '../statements.ts'
import { hour, minute } from '../time.ts'
import { type Attempt, countAttempt, nextCount } from './counters.ts'

/** Milliseconds of the longest wait. */
const maxBackoff = 15 * minute

// Milliseconds after the last attempt until a streak is reset, for known and unknown login names alike. A streak that has
// not reached its back-off is reset sooner. Nine attempts in three hours are fewer than one in fifteen minutes,
// which the back-off allows.
const resetAfter = { short: 3 * hour, long: 24 * hour }

/** The number of attempts that make a streak long: those before the back-off, or before a captcha is required. */
const longStreak = ({
  rates: { logIn },
  turnstile: { requiredFor, afterFailures },
}: Settings): number =>
  Math.min(
    logIn?.times ?? Number.MAX_SAFE_INTEGER,
    requiredFor.includes('login') && afterFailures > 0 ? afterFailures : Number.MAX_SAFE_INTEGER,
  )

/**
 * Counts an attempt. After a streak's free attempts, each attempt must wait twice as long as the previous one.
 * With THROTTLE_LOGIN=10/minute the SQL of `countAttempt` gets:
 *
 *     isOver:       blocked_until <= :now - case when count < 10 then :3h else :24h end
 *     blockedUntil: :now + case when NEXT < 10 then 0 else min(60000 << min(NEXT - 10, 20), 900000) end
 *     NEXT:         case when :isOver then 1 else count + 1 end
 *
 * @param counters as for `countAttempt`
 * @param maxCount the most attempts of a streak without a captcha token
 */
export function backoff(
  db: Database,
  settings: Settings,
  rate: Rate,
  { counters, maxCount = Infinity }: { counters: SQL; maxCount?: number },
  info: RequestInfo,
): Attempt {
  const now = info.now.getTime()
  const period = rate.period * 1000
  const isOver = sql`throttles.blocked_until <= ${now} - case
    when throttles.count < ${longStreak(settings)} then ${resetAfter.short} else ${resetAfter.long} end`
  const waitAfter = (count: SQL) => sql`case when ${count} < ${rate.times} then 0
    else min(${period} << min(${count} - ${rate.times}, 20), ${Math.max(period, maxBackoff)}) end`
  const blockedUntil = sql`${now} + ${waitAfter(nextCount(isOver))}`
  const firstBlockedUntil = now + (rate.times === 1 ? period : 0)
  const window = { isOver, blockedUntil, firstBlockedUntil, maxCount }
  return countAttempt(db, rate, counters, window, info)
}

/**
 * Resets every counter of an account, after its password was set without the old one.
 * @param provided a condition on `users`
 */
export const resetThrottles = (db: Database, userId: number, provided: SQL) =>
  db.delete(throttles).where(and(eq(throttles.userId, userId), userIs(userId, provided)))

// Milliseconds after a row expires in which a search still finds it, in case the cron misses minutes.
const searchWindow = 10 * minute

/**
 * Deletes expired rows: of rates whose period has ended, and of streaks that are reset. Rows that a search window missed are
 * deleted after the longest time. Each search reads by `blocked_until`, so it reads no row that still counts.
 */
export const deleteExpiredThrottles = (
  db: Database,
  settings: Settings,
  now: Date,
  limit: number,
) => {
  const time = now.getTime()
  const expiredFor = (age: number) =>
    sql`blocked_until > ${time - age - searchWindow} and blocked_until <= ${time - age}`
  const expired = sql`select rowid from throttles
    where (${expiredFor(0)} and key not like 'login:%')
      or (${expiredFor(resetAfter.short)} and count < ${longStreak(settings)})
      or blocked_until <= ${time - resetAfter.long} limit ${limit}`
  return db.delete(throttles).where(sql`rowid in (${expired})`)
}
