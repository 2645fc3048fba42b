import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { identifiesClient, networkOf } from '../ip-address.ts'
import type { RequestInfo } from '../request-info.ts'
import { users } from '../schema.ts'
import { activeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { backoff } from '../throttling/backoff.ts'
import type { Attempt } from '../throttling/counters.ts'
import { hmac } from '../tokens/hmac.ts'

/**
 * A turn at a log-in, at the account that `who` finds or else at the name. Who comes from where a living session of
 * that very account was opened is counted by himself, beside the account.
 */
export async function loginAttempt(
  db: Database,
  settings: Settings,
  {
    name,
    where,
    attemptsBeforeCaptcha,
  }: { name: string; where: SQL | undefined; attemptsBeforeCaptcha: number },
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const unknown = await hmac(secretKey, 'throttles', ['login', name])
  const place = networkOf(info.ip)
  const own = await hmac(secretKey, 'throttles', ['network', place])
  const isNear = sql`exists (select 1 from sessions
    where ${activeSessionsOf(settings, sql`${users.id}`, info.now)} and sessions.network = ${place})`
  const wanted = sql`
    select 'login:' || coalesce(${users.id}, ${unknown}) as key, ${users.id} as user_id, 0 as is_own
      from (select 1) left join ${users} on ${where}
    union all select 'login:' || ${users.id} || ${`:${own}`}, ${users.id}, 1
      from ${users} where ${where} and ${identifiesClient(place) ? isNear : sql`false`}`
  return backoff(db, settings, rates.logIn, wanted, info, attemptsBeforeCaptcha)
}

/** A turn at the current password of whom a token names: his session's, or that of all that has none. */
export async function passwordAttempt(
  db: Database,
  settings: Settings,
  { userId, isValid, sessionId }: { userId: SQL; isValid: SQL; sessionId: string | undefined },
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const own = await hmac(secretKey, 'throttles', ['session', sessionId ?? ''])
  const wanted = sql`
    select 'login:' || ${users.id} || part as key, ${users.id} as user_id, part <> '' as is_own
      from ${users}, (select '' as part union all select ${`:${own}`})
      where ${users.id} = ${userId} and ${isValid}`
  return backoff(db, settings, rates.logIn, wanted, info)
}
