import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { networkOf, tellsWho } from '../ip-address.ts'
import { sessions, users } from '../schema.ts'
import { type Device, livingOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { growing } from '../throttling/backoff.ts'
import type { Attempt, Turn } from '../throttling/counters.ts'
import { mac } from '../tokens/hmac.ts'

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
      from ${users} where ${who} and ${tellsWho(place) ? isNear : sql`false`}`
  return growing(db, settings, rates.logIn, wanted, attempt, tries)
}

/** A turn at the current password of whom a token names: his session's, or that of all that has none. */
export async function turnAtPassword(
  db: Database,
  settings: Settings,
  { userId, stands, sessionId }: { userId: SQL; stands: SQL; sessionId: string | undefined },
  attempt: Attempt,
): Promise<Turn | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const own = await mac(secretKey, 'throttles', ['session', sessionId ?? ''])
  const wanted = sql`
    select 'log-in:' || ${users.id} || part as key, ${users.id} as user_id, part <> '' as is_own
      from ${users}, (select '' as part union all select ${`:${own}`})
      where ${users.id} = ${userId} and ${stands}`
  return growing(db, settings, rates.logIn, wanted, attempt)
}

/** SQL: the session was opened from this network. */
export function isIn(network: string): SQL {
  if (!network.includes(':')) return sql`${sessions.ip} = ${network}`
  const colons = sql`(length(sessions.ip) - length(replace(sessions.ip, ':', '')))`
  const zeros = sql`substr(':0:0:0:0:0:0:0:', 1, 1 + 2 * (8 - ${colons}))`
  const whole = sql`replace(sessions.ip, '::', ${zeros})`
  return sql`substr(${whole}, 1, ${network.length + 1}) = ${`${network}:`}`
}
