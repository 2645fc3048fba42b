// REST framework's rates, counted in D1 by whom a request is about. A turn is taken in the batch of what it is for,
// before it; who comes too early changes no row. Sent twice it is one turn, since the row names the request.

import { and, desc, eq, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Database } from '../db.ts'
import { throttles, users } from '../schema.ts'
import type { Rate } from '../settings/rates.ts'
import type { Settings } from '../settings.ts'
import { mac } from './keys.ts'
import { isIn, networkOf } from './networks.ts'
import { type Device, livingOf } from './sessions.ts'

/** When something is tried, and a name for the request that no other has. */
export interface Attempt {
  now: Date
  request: string
}

/** A turn to be had, as statements. */
export interface Turn {
  take: BatchItem<'sqlite'>
  find: ReturnType<typeof findRows>
  attempt: Attempt
}

/** How it went. */
export interface Taken {
  allowed: boolean
  /** Milliseconds until there is one. */
  wait: number
  /** The how manieth of its run. */
  count: number
  /** The rows that it may have been taken from; the first decides. */
  keys: string[]
  attempt: Attempt
}

export class ThrottledError extends Error {
  override name = 'ThrottledError'
  readonly seconds: number

  constructor(wait: number) {
    super('too early')
    this.seconds = Math.ceil(wait / 1000)
  }
}

/** A password is not enough any more: a challenge must be passed, too. */
export class UnchallengedError extends Error {
  override name = 'UnchallengedError'
}

/** @throws ThrottledError */
export function demand(taken: Taken | undefined) {
  if (taken && !taken.allowed) throw new ThrottledError(taken.wait)
}

/** Sends a batch, in which a turn is taken first if there is one to take. */
export async function inTurn<T extends BatchItem<'sqlite'>[]>(
  db: Pick<DrizzleD1Database, 'batch'>,
  turn: Turn | undefined,
  statements: readonly [...T],
): Promise<{ results: BatchResponse<T>; taken: Taken | undefined }> {
  const before = turn ? [turn.take, turn.find] : []
  const results: unknown[] = await db.batch([...before, ...statements] as unknown as [
    BatchItem<'sqlite'>,
  ])
  const rows = turn && (results[1] as Awaited<Turn['find']>)
  return {
    results: results.slice(before.length) as BatchResponse<T>,
    taken: rows && outcome(rows, turn.attempt),
  }
}

function outcome(rows: Awaited<Turn['find']>, attempt: Attempt): Taken | undefined {
  const [deciding] = rows
  if (!deciding) return undefined
  return {
    allowed: deciding.request === attempt.request,
    wait: deciding.endsAt.getTime() - attempt.now.getTime(),
    count: deciding.count,
    keys: rows.map(({ key }) => key),
    attempt,
  }
}

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
  { name, who }: { name: string; who: SQL | undefined },
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
  return growing(db, rates.logIn, wanted, attempt)
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
function growing(db: Database, rate: Rate, wanted: SQL, attempt: Attempt): Turn {
  const now = attempt.now.getTime()
  const period = rate.period * 1000
  const isOver = sql`ends_at <= ${now - memory}`
  const pauseAfter = (count: SQL) => sql`case when ${count} < ${rate.times} then 0
    else min(${period} << min(${count} - ${rate.times}, 20), ${Math.max(period, longestPause)}) end`
  const endsAt = sql`${now} + ${pauseAfter(next(isOver))}`
  const first = now + (rate.times === 1 ? period : 0)
  return turn(db, rate, wanted, { isOver, endsAt, first }, attempt)
}

const next = (isOver: SQL) => sql`case when ${isOver} then 1 else throttles.count + 1 end`

interface Steps {
  /** SQL: the run before is forgotten. */
  isOver: SQL
  /** From when the next is allowed: of a run that goes on, and of one that begins. */
  endsAt: SQL
  first: number
}

/** @param wanted SQL for the rows: `key`, `user_id`, and `is_own` of the one that decides if there are two */
function turn(
  db: Database,
  { times }: Rate,
  wanted: SQL,
  { isOver, endsAt, first }: Steps,
  attempt: Attempt,
): Turn {
  const { now, request } = attempt
  const isEarly = sql`(throttles.count >= ${times} and throttles.ends_at > ${now.getTime()})`
  const take = db
    .insert(throttles)
    .select(
      sql`select key, user_id, 1, ${first}, ${request} from (${wanted}) where not exists (
        select 1 from (${wanted}) own join throttles on throttles.key = own.key
        where own.is_own and ${isEarly})`,
    )
    .onConflictDoUpdate({
      target: throttles.key,
      set: { count: next(isOver), endsAt, request },
      setWhere: sql`not ${isEarly} and throttles.request is not ${request}`,
    })
  return { take, find: findRows(db, wanted), attempt }
}

// The own one has the longer key.
const findRows = (db: Database, wanted: SQL) =>
  db
    .select()
    .from(throttles)
    .where(sql`${throttles.key} in (select key from (${wanted}))`)
    .orderBy(desc(sql`length(${throttles.key})`))

/** Statements for the batch of a success: its run is over, and of the others' the turn is given back. */
export const settled = (db: Database, taken: Taken | undefined, provided?: SQL) =>
  taken
    ? [
        db.delete(throttles).where(and(eq(throttles.key, taken.keys[0] ?? ''), provided)),
        giveBack(db, taken, provided),
      ]
    : []

/** Gives a turn back that came to nothing, unless another was taken since. */
export const giveBack = (
  db: Database,
  { keys, attempt: { now, request } }: Taken,
  provided?: SQL,
) =>
  db
    .update(throttles)
    .set({ count: sql`max(count - 1, 0)`, endsAt: now, request: null })
    .where(and(inArray(throttles.key, keys), eq(throttles.request, request), provided))

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
