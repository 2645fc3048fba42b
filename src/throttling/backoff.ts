import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { throttles } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Rate } from '../settings/rates.ts'
import { userIs } from '../statements.ts'
import { hour, minute } from '../time.ts'
import { type Attempt, countAttempt, nextCount } from './counters.ts'

const maxBackoff = 15 * minute

// A streak that has not reached its back-off is forgotten sooner, known name or not: nine attempts in three hours are
// fewer than one in a quarter of an hour, which is what the back-off allows.
const resetAfter = { short: 3 * hour, long: 24 * hour }

/** How many attempts make a streak that is kept in mind for long: those of the back-off, or of the captcha. */
const longStreak = ({ rates: { logIn }, turnstile: { on, afterFailures } }: Settings): number =>
  Math.min(
    logIn?.times ?? Number.MAX_SAFE_INTEGER,
    on.includes('login') && afterFailures > 0 ? afterFailures : Number.MAX_SAFE_INTEGER,
  )

// The first of a run are free; then each waits since the one before, twice as long as that did.
export function backoff(
  db: Database,
  settings: Settings,
  rate: Rate,
  wanted: SQL,
  info: RequestInfo,
  maxCount = Infinity,
): Attempt {
  const now = info.now.getTime()
  const period = rate.period * 1000
  const isOver = sql`throttles.blocked_until <= ${now} - case
    when throttles.count < ${longStreak(settings)} then ${resetAfter.short} else ${resetAfter.long} end`
  const pauseAfter = (count: SQL) => sql`case when ${count} < ${rate.times} then 0
    else min(${period} << min(${count} - ${rate.times}, 20), ${Math.max(period, maxBackoff)}) end`
  const blockedUntil = sql`${now} + ${pauseAfter(nextCount(isOver))}`
  const first = now + (rate.times === 1 ? period : 0)
  return countAttempt(db, rate, wanted, { isOver, blockedUntil, first, maxCount }, info)
}

/** Ends all runs at an account, whose owner has shown that it is his. */
export const resetThrottles = (db: Database, userId: number, provided: SQL) =>
  db.delete(throttles).where(and(eq(throttles.userId, userId), userIs(userId, provided)))

// How long a row is looked for after the moment from which it may go, in case that minutes are missed.
const searchWindow = 10 * minute

/**
 * Rows that count for nothing any more: of a rate whose period is over, of a streak that is forgotten. What is missed
 * goes when the longest memory is over. Each is found by when it ends, so that those that still count are not read.
 */
export const deleteExpiredThrottles = (
  db: Database,
  settings: Settings,
  now: Date,
  most: number,
) => {
  const time = now.getTime()
  const endedWithin = (from: number) =>
    sql`blocked_until > ${time - from - searchWindow} and blocked_until <= ${time - from}`
  const forgotten = sql`select rowid from throttles
    where (${endedWithin(0)} and key not like 'login:%')
      or (${endedWithin(resetAfter.short)} and count < ${longStreak(settings)})
      or blocked_until <= ${time - resetAfter.long} limit ${most}`
  return db.delete(throttles).where(sql`rowid in (${forgotten})`)
}
