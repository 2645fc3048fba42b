// REST framework's rates, by whom a request is about. A turn is taken in the batch of what it is for, before it.

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { Settings } from '../settings/parse.ts'
import { mac } from '../tokens/hmac.ts'
import { type Attempt, type Turn, turn } from './counters.ts'

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
