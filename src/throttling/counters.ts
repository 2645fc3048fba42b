// Turns that are counted in D1: how one is taken in a batch, and given back. Who comes too early changes no row. Sent
// twice it is one turn, since the row names the request.

import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { throttles } from '../schema.ts'
import type { Rate } from '../settings/rates.ts'
import { batch, type Results, type Statement, type Statements } from '../statements.ts'

/** A turn to be had, as statements. */
export interface Attempt {
  consume: Statement
  read: ReturnType<typeof findRows>
  /** How many of a run are free. */
  freeAttempts: number
  info: RequestInfo
}

/** How it went. */
export interface ThrottleResult {
  allowed: boolean
  /** Milliseconds until there is one; of one that only a challenge would win, none. */
  wait: number
  /** The how manieth of its run. */
  count: number
  /** The rows that it may have been taken from; the first decides. */
  keys: string[]
  info: RequestInfo
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
export class CaptchaRequiredError extends Error {
  override name = 'UnchallengedError'
}

/** @throws ThrottledError */
export function assertAllowed(throttle: ThrottleResult | undefined) {
  if (throttle && !throttle.allowed) throw new ThrottledError(throttle.wait)
}

/** Sends statements by name in one batch, after the attempt if there is one. */
export async function batchThrottled<T extends Statements>(
  db: Pick<Database, 'batch'>,
  attempt: Attempt | undefined,
  statements: T,
): Promise<{ results: Results<T>; throttle: ThrottleResult | undefined }> {
  if (!attempt) return { results: await batch(db, statements), throttle: undefined }
  const { consume, read } = attempt
  const results = await batch(db, { consume, read, ...statements })
  return { results, throttle: resultOf(results.read as Awaited<typeof read>, attempt) }
}

function resultOf(
  rows: Awaited<Attempt['read']>,
  { freeAttempts, info }: Attempt,
): ThrottleResult | undefined {
  const [deciding] = rows
  if (!deciding) return undefined
  return {
    allowed: deciding.requestId === info.requestId,
    wait: deciding.count < freeAttempts ? 0 : deciding.blockedUntil.getTime() - info.now.getTime(),
    count: deciding.count,
    keys: rows.map(({ key }) => key),
    info,
  }
}

export const nextCount = (isOver: SQL) =>
  sql`case when ${isOver} then 1 else throttles.count + 1 end`

interface WindowSql {
  /** SQL: the run before is forgotten. */
  isOver: SQL
  /** From when the next is allowed: of a run that goes on, and of one that begins. */
  blockedUntil: SQL
  first: number
  /** How many a run may have at all. */
  maxCount?: number
}

/** @param wanted SQL for the rows: `key`, `user_id`, and `is_own` of the one that decides if there are two */
export function countAttempt(
  db: Database,
  { times }: Rate,
  wanted: SQL,
  { isOver, blockedUntil, first, maxCount = Infinity }: WindowSql,
  info: RequestInfo,
): Attempt {
  const { now, requestId } = info
  const isEarly = sql`throttles.count >= ${times} and throttles.blocked_until > ${now.getTime()}`
  const isSpent =
    maxCount < Infinity ? sql`throttles.count >= ${maxCount} and not (${isOver})` : sql`false`
  const isRefused = sql`(${isEarly} or ${isSpent})`
  const consume = db
    .insert(throttles)
    .select(
      sql`select key, user_id, 1, ${first}, ${requestId} from (${wanted}) where not exists (
        select 1 from (${wanted}) own join throttles on throttles.key = own.key
        where own.is_own and ${isRefused})`,
    )
    .onConflictDoUpdate({
      target: throttles.key,
      set: { count: nextCount(isOver), blockedUntil, requestId },
      setWhere: sql`not ${isRefused} and throttles.request_id is not ${requestId}`,
    })
  return { consume, read: findRows(db, wanted), freeAttempts: times, info }
}

// The own one has the longer key.
const findRows = (db: Database, wanted: SQL) =>
  db
    .select()
    .from(throttles)
    .where(sql`${throttles.key} in (select key from (${wanted}))`)
    .orderBy(desc(sql`length(${throttles.key})`))

/** Statements for the batch of a success: its run is over, and of the others' the turn is given back. */
export const onSuccess = (db: Database, throttle: ThrottleResult | undefined, provided?: SQL) =>
  throttle
    ? [
        db.delete(throttles).where(and(eq(throttles.key, throttle.keys[0] ?? ''), provided)),
        refund(db, throttle, provided),
      ]
    : []

/** Gives a turn back that came to nothing, unless another was taken since. */
export const refund = (
  db: Database,
  { keys, info: { now, requestId } }: ThrottleResult,
  provided?: SQL,
) =>
  db
    .update(throttles)
    .set({ count: sql`max(count - 1, 0)`, blockedUntil: now, requestId: null })
    .where(and(inArray(throttles.key, keys), eq(throttles.requestId, requestId), provided))
