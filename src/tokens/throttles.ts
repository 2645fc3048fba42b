// REST framework's rates, by whom a request is about. A turn is taken in the batch of what it is for, before it.

import { and, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { throttles, users } from '../schema.ts'
import type { Rate } from '../settings/rates.ts'
import type { Settings } from '../settings.ts'
import { mac } from './keys.ts'
import { isIn, networkOf } from './networks.ts'
import { type Device, livingOf } from './sessions.ts'
import { type Attempt, next, type Turn, turn } from './turns.ts'

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
      from ${users} where ${who} and ${place === '' ? sql`false` : isNear}`
  return growing(db, rates.logIn, wanted, attempt, tries)
}

/** A turn at the current password of whom a token names: his session's, or that of all that has none. */
export async function turnAtPassword(
  db: Database,
  { rates, secretKey }: Settings,
  { userId, stands, sessionId }: { userId: SQL; stands: SQL; sessionId: string | undefined },
  attempt: Attempt,
): Promise<Turn | undefined> {
  if (!rates.logIn) return undefined
  const own = await mac(secretKey, 'throttles', ['session', sessionId ?? ''])
  const wanted = sql`
    select 'log-in:' || ${users.id} || part as key, ${users.id} as user_id, part <> '' as is_own
      from ${users}, (select '' as part union all select ${`:${own}`})
      where ${users.id} = ${userId} and ${stands}`
  return growing(db, rates.logIn, wanted, attempt)
}

const longestPause = 15 * 60_000
const memory = 24 * 60 * 60_000

// The first of a run are free; then each waits since the one before, twice as long as that did.
function growing(db: Database, rate: Rate, wanted: SQL, attempt: Attempt, most = Infinity): Turn {
  const now = attempt.now.getTime()
  const period = rate.period * 1000
  const isOver = sql`ends_at <= ${now - memory}`
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

/** Rows of runs that are forgotten. */
export const deleteForgotten = (db: Database, now: Date, most: number) =>
  db.delete(throttles).where(
    inArray(
      throttles.key,
      db
        .select({ key: throttles.key })
        .from(throttles)
        .where(lt(throttles.endsAt, new Date(now.getTime() - memory)))
        .orderBy(throttles.endsAt)
        .limit(most),
    ),
  )
