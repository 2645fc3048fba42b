// Counters of attempts in D1 (docs/decisions/014). An attempt is counted in the batch of the work that it is for, before
// that work. A row names the request of its last attempt. So a batch that is sent twice counts once, and a request refunds
// only its own attempt.

import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { throttles } from '../schema.ts'
import type { Rate } from '../settings/rates.ts'
import { batch, type Results, type Statement, type Statements } from '../statements.ts'

/** The counters of an attempt. */
export interface Counters {
  /** SQL: the key of the counter that decides. */
  deciding: SQL
  /** SQL: the keys of all counters, in brackets. */
  keys: SQL
  info: RequestInfo
}

/** The SQL that records one attempt, and reads the result. */
export interface Attempt extends Counters {
  consume: Statement
  read: ReturnType<typeof selectCounters>
  /** Finds a row if the attempt would be refused. */
  findRefused: Statement
  /** The attempts of a streak before the first wait. */
  freeAttempts: number
}

export interface ThrottleResult extends Counters {
  allowed: boolean
  /** Milliseconds to wait; 0 or less if only a captcha would help. */
  wait: number
  /** Attempts so far in this streak. */
  count: number
}

export class ThrottledError extends Error {
  override name = 'ThrottledError'
  /** Seconds until the next attempt is allowed. */
  readonly seconds: number

  /** @param wait in milliseconds */
  constructor(wait: number) {
    super('throttled')
    this.seconds = Math.ceil(wait / 1000)
  }
}

/** The password alone is no longer enough: the login must come with a captcha token. */
export class CaptchaRequiredError extends Error {
  override name = 'CaptchaRequiredError'
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
    deciding: sql`${deciding.key}`,
    keys: sql`${rows.map(({ key }) => key)}`,
    info,
  }
}

/** SQL: the count after this attempt. `isOver` says whether the row's streak or period has ended. */
export const nextCount = (isOver: SQL) =>
  sql`case when ${isOver} then 1 else throttles.count + 1 end`

interface WindowSql {
  /** SQL: whether the row's streak or period has ended, so that the count starts over. */
  isOver: SQL
  /** SQL: `blocked_until` after this attempt, if the row exists. */
  blockedUntil: SQL
  /** `blocked_until` of a new row, in milliseconds since 1970. */
  firstBlockedUntil: number
  /** The most attempts that a streak may have. */
  maxCount?: number
}

/**
 * Counts an attempt. A refused attempt changes no row. For a login as `ada`, whose id is 7, from a network where they have a
 * session, with THROTTLE_LOGIN=10/minute, it sends these two statements. COUNTERS has two rows, `('login:7', 7, 0)` and
 * `('login:7:8eb0…', 7, 1)`. `isOver` and `blockedUntil` are those of `backoff`.
 *
 *     insert into throttles (key, user_id, count, blocked_until, request_id)
 *     select key, user_id, 1, :now, :request from (COUNTERS)
 *     where not exists (select 1 from (COUNTERS) own join throttles on throttles.key = own.key
 *       where own.is_own and REFUSED)
 *     on conflict (key) do update set
 *       count = case when :isOver then 1 else throttles.count + 1 end,
 *       blocked_until = :blockedUntil,
 *       request_id = :request
 *     where not REFUSED and throttles.request_id is not :request
 *
 *     select * from throttles where key in (select key from (COUNTERS)) order by length(key) desc
 *
 * REFUSED is `(count >= 10 and blocked_until > :now)`. With Turnstile it is also true of
 * `count >= TURNSTILE_AFTER_FAILURES and not :isOver`, unless a captcha token was sent.
 * @param counters SQL that selects the rows to count in: `key`, `user_id`, and `is_own`, true of the one that decides alone
 */
export function countAttempt(
  db: Database,
  { times }: Rate,
  counters: SQL,
  { isOver, blockedUntil, firstBlockedUntil, maxCount = Infinity }: WindowSql,
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
      sql`select key, user_id, 1, ${firstBlockedUntil}, ${requestId} from (${counters}) where not exists (
        select 1 from (${counters}) own join throttles on throttles.key = own.key
        where own.is_own and ${isRefused})`,
    )
    .onConflictDoUpdate({
      target: throttles.key,
      set: { count: nextCount(isOver), blockedUntil, requestId },
      setWhere: sql`not ${isRefused} and throttles.request_id is not ${requestId}`,
    })
  const deciding = sql`(select key from (${counters}) order by is_own desc limit 1)`
  return {
    consume,
    read: selectCounters(db, counters),
    findRefused: db
      .select({ key: throttles.key })
      .from(throttles)
      .where(sql`${throttles.key} = ${deciding} and ${isRefused}`),
    deciding,
    keys: sql`(select key from (${counters}))`,
    freeAttempts: times,
    info,
  }
}

// The counter of a known client comes first, because its key is longer.
const selectCounters = (db: Database, counters: SQL) =>
  db
    .select()
    .from(throttles)
    .where(sql`${throttles.key} in (select key from (${counters}))`)
    .orderBy(desc(sql`length(${throttles.key})`))

/** SQL, for the statements after the attempt: whether it was allowed. */
export const wasAllowed = (attempt: Attempt | undefined): SQL =>
  attempt
    ? sql`exists (select 1 from throttles where throttles.key = ${attempt.deciding}
        and throttles.request_id = ${attempt.info.requestId})`
    : sql`true`

/**
 * The writes of a success: they delete the counter that decided, and refund the attempt to the other.
 * @param provided a condition for both writes
 */
export const onSuccess = (db: Database, counters: Counters | undefined, provided?: SQL) =>
  counters
    ? [
        db.delete(throttles).where(and(eq(throttles.key, counters.deciding), provided)),
        refund(db, counters, provided),
      ]
    : []

/** Refunds an attempt, unless another one was counted since. */
export const refund = (
  db: Database,
  { keys, info: { now, requestId } }: Counters,
  provided?: SQL,
) =>
  db
    .update(throttles)
    .set({ count: sql`max(count - 1, 0)`, blockedUntil: now, requestId: null })
    .where(and(sql`${throttles.key} in ${keys}`, eq(throttles.requestId, requestId), provided))
