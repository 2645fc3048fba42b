// REST framework's rates, by whom a request is about. A turn is taken in the batch of what it is for, before it.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { throttles, users } from '../schema.ts'
import { type Device, livingOf } from '../sessions/sessions.ts'
import type { Rate } from '../settings/rates.ts'
import type { Settings } from '../settings.ts'
import { mac } from '../tokens/hmac.ts'
import { type Attempt, next, type Turn, turn } from './counters.ts'
import { isIn, networkOf, tellsWho } from './network.ts'

type Scope = 'signUp' | 'reset' | 'resend' | 'refresh'

/**
 * A turn of those that a rate allows in a period, for what a request names, be it known or not; and SQL for
 * whether it was had.
 */
export async function turnOf(
  db: Database,
  { rates, secretKey }: Settings,
  scope: Scope,
  named: string | number,
  attempt: Attempt,
): Promise<{ turn: Turn | undefined; had: SQL }> {
  const rate = rates[scope]
  if (!rate) return { turn: undefined, had: sql`true` }
  const key = `${scope}:${await mac(secretKey, 'throttles', [scope, named])}`
  const isOver = sql`ends_at <= ${attempt.now.getTime()}`
  const end = attempt.now.getTime() + rate.period * 1000
  const steps = {
    isOver,
    endsAt: sql`case when ${isOver} then ${end} else ends_at end`,
    first: end,
  }
  return {
    turn: turn(db, rate, sql`select ${key} as key, null as user_id, 0 as is_own`, steps, attempt),
    had: sql`exists (select 1 from throttles
      where throttles.key = ${key} and throttles.request = ${attempt.request})`,
  }
}

/**
 * A turn at a log-in, at the account that `who` finds or else at the name. Who comes from where a living session of
 * that very account was opened is counted by himself, beside the account.
 */
export async function turnAtLogIn(
  db: Database,
  settings: Settings,
  { name, who, tries }: { name: string; who: SQL | undefined; tries: number },
  attempt: Attempt & Device,
): Promise<Turn | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const unknown = await mac(secretKey, 'throttles', ['log-in', name])
  const place = networkOf(attempt.ip)
  const own = await mac(secretKey, 'throttles', ['network', place])
  const isNear = sql`exists (select 1 from sessions
    where ${livingOf(settings, sql`${users.id}`, attempt.now)} and ${isIn(place)})`
  const wanted = sql`
    select 'log-in:' || coalesce(${users.id}, ${unknown}) as key, ${users.id} as user_id, 0 as is_own
      from (select 1) left join ${users} on ${who}
    union all select 'log-in:' || ${users.id} || ${`:${own}`}, ${users.id}, 1
      from ${users} where ${who} and ${tellsWho(place) ? isNear : sql`false`}`
  return growing(db, settings, rates.logIn, wanted, attempt, tries)
}

/** A turn at the current password of whom a token names: his session's, or that of all that has none. */
export async function turnAtPassword(
  db: Database,
  settings: Settings,
  { userId, stands, sessionId }: { userId: SQL; stands: SQL; sessionId: string | undefined },
  attempt: Attempt,
): Promise<Turn | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const own = await mac(secretKey, 'throttles', ['session', sessionId ?? ''])
  const wanted = sql`
    select 'log-in:' || ${users.id} || part as key, ${users.id} as user_id, part <> '' as is_own
      from ${users}, (select '' as part union all select ${`:${own}`})
      where ${users.id} = ${userId} and ${stands}`
  return growing(db, settings, rates.logIn, wanted, attempt)
}

const longestPause = 15 * 60_000
const hour = 60 * 60_000
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
function growing(
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
const lookedFor = 10 * 60_000

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
