// REST framework's rates, by whom a request is about. A turn is taken in the batch of what it is for, before it.

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import type { Settings } from '../settings/parse.ts'
import { hmac } from '../tokens/hmac.ts'
import { type Attempt, countAttempt } from './counters.ts'

type Scope = 'signUp' | 'reset' | 'resend' | 'refresh'

/**
 * A turn of those that a rate allows in a period, for what a request names, be it known or not; and SQL for
 * whether it was had.
 */
export async function attemptFor(
  db: Database,
  { rates, secretKey }: Settings,
  scope: Scope,
  named: string | number,
  info: RequestInfo,
): Promise<{ attempt: Attempt | undefined; wasAllowed: SQL }> {
  const rate = rates[scope]
  if (!rate) return { attempt: undefined, wasAllowed: sql`true` }
  const key = `${scope}:${await hmac(secretKey, 'throttles', [scope, named])}`
  const isOver = sql`blocked_until <= ${info.now.getTime()}`
  const end = info.now.getTime() + rate.period * 1000
  const window = {
    isOver,
    blockedUntil: sql`case when ${isOver} then ${end} else blocked_until end`,
    first: end,
  }
  return {
    attempt: countAttempt(
      db,
      rate,
      sql`select ${key} as key, null as user_id, 0 as is_own`,
      window,
      info,
    ),
    wasAllowed: sql`exists (select 1 from throttles
      where throttles.key = ${key} and throttles.request_id = ${info.requestId})`,
  }
}
