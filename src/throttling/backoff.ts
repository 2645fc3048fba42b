import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { throttles } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Rate } from '../settings/rates.ts'
import { type Attempt, next, type Turn, turn } from './counters.ts'

const longestPause = 15 * 60000
const hour = 60 * 60000

// A streak that has not reached its back-off is forgotten sooner, known name or not: nine attempts in three hours are
// fewer than one in a quarter of an hour, which is what the back-off allows.
const memory = { short: 3 * hour, long: 24 * hour }

/** How many attempts make a streak that is kept in mind for long: those of the back-off, or of the captcha. */
const longFrom = ({ rates: { logIn }, turnstile: { on, afterFailures } }: Settings): number =>
  Math.min(
    logIn?.times ?? Number.MAX_SAFE_INTEGER,
    on.includes('log-in') && afterFailures > 0 ? afterFailures : Number.MAX_SAFE_INTEGER,
  )

// The first of a run are free; then each waits since the one before, twice as long as that did.
export function growing(
  db: Database,
  settings: Settings,
  rate: Rate,
  wanted: SQL,
  attempt: Attempt,
  most = Infinity,
): Turn {
  const now = attempt.now.getTime()
  const period = rate.period * 1000
  const isOver = sql`throttles.ends_at <= ${now} - case
    when throttles.count < ${longFrom(settings)} then ${memory.short} else ${memory.long} end`
  const pauseAfter = (count: SQL) => sql`case when ${count} < ${rate.times} then 0
    else min(${period} << min(${count} - ${rate.times}, 20), ${Math.max(period, longestPause)}) end`
  const endsAt = sql`${now} + ${pauseAfter(next(isOver))}`
  const first = now + (rate.times === 1 ? period : 0)
  return turn(db, rate, wanted, { isOver, endsAt, first, most }, attempt)
}

/** Ends all runs at an account, whose owner has shown that it is his. */
export const forgive = (db: Database, userId: number, provided: SQL) =>
  db
    .delete(throttles)
    .where(
      and(
        eq(throttles.userId, userId),
        sql`exists (select 1 from users where users.id = ${userId} and ${provided})`,
      ),
    )
// How long a row is looked for after the moment from which it may go, in case that minutes are missed.
const lookedFor = 10 * 60000

/**
 * Rows that count for nothing any more: of a rate whose period is over, of a streak that is forgotten. What is missed
 * goes when the longest memory is over. Each is found by when it ends, so that those that still count are not read.
 */
export const deleteForgotten = (db: Database, settings: Settings, now: Date, most: number) => {
  const time = now.getTime()
  const endedWithin = (from: number) =>
    sql`ends_at > ${time - from - lookedFor} and ends_at <= ${time - from}`
  const forgotten = sql`select rowid from throttles
    where (${endedWithin(0)} and key not like 'log-in:%')
      or (${endedWithin(memory.short)} and count < ${longFrom(settings)})
      or ends_at <= ${time - memory.long} limit ${most}`
  return db.delete(throttles).where(sql`rowid in (${forgotten})`)
}
