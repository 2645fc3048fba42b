// Turns that are counted in D1: how one is taken in a batch, and given back. Who comes too early changes no row. Sent
// twice it is one turn, since the row names the request.

import { and, desc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { Database } from '../db.ts'
import { throttles } from '../schema.ts'
import type { Rate } from '../settings/rates.ts'

/** When something is tried, and a name for the request that no other has. */
export interface Attempt {
  now: Date
  request: string
}

/** A turn to be had, as statements. */
export interface Turn {
  take: BatchItem<'sqlite'>
  find: ReturnType<typeof findRows>
  /** How many of a run are free. */
  times: number
  attempt: Attempt
}

/** How it went. */
export interface Taken {
  allowed: boolean
  /** Milliseconds until there is one; of one that only a challenge would win, none. */
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
    taken: rows && outcome(rows, turn),
  }
}

function outcome(rows: Awaited<Turn['find']>, { times, attempt }: Turn): Taken | undefined {
  const [deciding] = rows
  if (!deciding) return undefined
  return {
    allowed: deciding.request === attempt.request,
    wait: deciding.count < times ? 0 : deciding.endsAt.getTime() - attempt.now.getTime(),
    count: deciding.count,
    keys: rows.map(({ key }) => key),
    attempt,
  }
}

export const next = (isOver: SQL) => sql`case when ${isOver} then 1 else throttles.count + 1 end`

interface Steps {
  /** SQL: the run before is forgotten. */
  isOver: SQL
  /** From when the next is allowed: of a run that goes on, and of one that begins. */
  endsAt: SQL
  first: number
  /** How many a run may have at all. */
  most?: number
}

/** @param wanted SQL for the rows: `key`, `user_id`, and `is_own` of the one that decides if there are two */
export function turn(
  db: Database,
  { times }: Rate,
  wanted: SQL,
  { isOver, endsAt, first, most = Infinity }: Steps,
  attempt: Attempt,
): Turn {
  const { now, request } = attempt
  const isEarly = sql`throttles.count >= ${times} and throttles.ends_at > ${now.getTime()}`
  const isSpent = most < Infinity ? sql`throttles.count >= ${most} and not (${isOver})` : sql`false`
  const isRefused = sql`(${isEarly} or ${isSpent})`
  const take = db
    .insert(throttles)
    .select(
      sql`select key, user_id, 1, ${first}, ${request} from (${wanted}) where not exists (
        select 1 from (${wanted}) own join throttles on throttles.key = own.key
        where own.is_own and ${isRefused})`,
    )
    .onConflictDoUpdate({
      target: throttles.key,
      set: { count: next(isOver), endsAt, request },
      setWhere: sql`not ${isRefused} and throttles.request is not ${request}`,
    })
  return { take, find: findRows(db, wanted), times, attempt }
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
