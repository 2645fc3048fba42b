// REST framework's rates, counted by what a request names (docs/decisions/014). The back-off of logins is in backoff.ts.

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import type { Settings } from '../settings/parse.ts'
import { addSeconds } from '../time.ts'
import { hmac } from '../tokens/hmac.ts'
import { type Attempt, countAttempt } from './counters.ts'

type Scope = 'signUp' | 'reset' | 'resend' | 'refresh'

/**
 * Counts an attempt under a rate with a fixed period, which begins with the first attempt.
 * @param name the session, account or normalized login name in the request, even if it does not exist
 * @returns no attempt if the rate is off; `wasAllowed` is SQL for the statements after the attempt
 */
export async function attemptFor(
  db: Database,
  { rates, secretKey }: Settings,
  scope: Scope,
  name: string | number,
  info: RequestInfo,
): Promise<{ attempt: Attempt | undefined; wasAllowed: SQL }> {
  const rate = rates[scope]
  if (!rate) return { attempt: undefined, wasAllowed: sql`true` }
  const key = `${scope}:${await hmac(secretKey, 'throttles', [scope, name])}`
  const counter = sql`select ${key} as key, null as user_id, 0 as is_own`
  const isOver = sql`blocked_until <= ${info.now.getTime()}`
  const end = addSeconds(info.now, rate.period).getTime()
  const blockedUntil = sql`case when ${isOver} then ${end} else blocked_until end`
  const window = { isOver, blockedUntil, firstBlockedUntil: end }
  return {
    attempt: countAttempt(db, rate, counter, window, info),
    wasAllowed: sql`exists (select 1 from throttles
      where throttles.key = ${key} and throttles.request_id = ${info.requestId})`,
  }
}
