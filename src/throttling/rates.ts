// REST framework's rates, counted by what a request names (docs/decisions/014). The back-off of logins is in backoff.ts.

import { sql } from 'drizzle-orm'
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
 * @returns undefined if the rate is off
 */
export async function attemptFor(
  db: Database,
  { rates, secretKey }: Settings,
  scope: Scope,
  name: string | number,
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const rate = rates[scope]
  if (!rate) return undefined
  const key = `${scope}:${await hmac(secretKey, 'throttles', [scope, name])}`
  const counter = sql`select ${key} as key, null as user_id, 0 as is_own`
  const isOver = sql`blocked_until <= ${info.now.getTime()}`
  const end = addSeconds(info.now, rate.period).getTime()
  const blockedUntil = sql`case when ${isOver} then ${end} else blocked_until end`
  const window = { isOver, blockedUntil, firstBlockedUntil: end }
  return countAttempt(db, rate, counter, window, info)
}
