// Chooses the counters for an attempt with a password: those of the account, the login name, the network or the session.
// throttling/ counts the attempts.

import { type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { identifiesClient, networkOf } from '../ip-address.ts'
import type { RequestInfo } from '../request-info.ts'
import { users } from '../schema.ts'
import { activeSessionsBefore } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { backoff } from '../throttling/backoff.ts'
import type { Attempt } from '../throttling/counters.ts'
import { hmac } from '../tokens/hmac.ts'

interface LoginTarget {
  /** The normalized login. The attempt counts against it if there is no account. */
  name: string
  /** A condition on `users` that finds the account. */
  where: SQL | undefined
  /** The attempts of a streak that are allowed without a captcha. */
  attemptsBeforeCaptcha: number
  /** The session that this request starts. It does not make the network a known one. */
  newSessionId: string | undefined
}

/**
 * Counts a login attempt against the account, or against the name if there is none. A client on a network where the
 * account has an active session gets its own counter as well, which decides. The counters stay the same while the login
 * starts a session and revokes others, also if its batch is sent twice.
 */
export async function loginAttempt(
  db: Database,
  settings: Settings,
  { name, where, attemptsBeforeCaptcha, newSessionId }: LoginTarget,
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const { rates, secretKey } = settings
  if (!rates.logIn) return undefined
  const nameDigest = await hmac(secretKey, 'throttles', ['login', name])
  const network = networkOf(info.ip)
  const networkDigest = await hmac(secretKey, 'throttles', ['network', network])
  const hasSessionHere = identifiesClient(network)
    ? sql`exists (select 1 from sessions
        where ${activeSessionsBefore(settings, sql`${users.id}`, info.now)} and sessions.network = ${network}
        and sessions.id is not ${newSessionId ?? null})`
    : sql`false`
  const counters = sql`
    select 'login:' || coalesce(${users.id}, ${nameDigest}) as key, ${users.id} as user_id, 0 as is_own
      from (select 1) left join ${users} on ${where}
    union all select 'login:' || ${users.id} || ${`:${networkDigest}`}, ${users.id}, 1
      from ${users} where ${where} and ${hasSessionHere}`
  return backoff(db, settings, rates.logIn, { counters, maxCount: attemptsBeforeCaptcha }, info)
}

/**
 * Counts an attempt at the current password against the account, and against the token's session as well, which
 * decides. All tokens without a session share one counter.
 */
export async function passwordAttempt(
  db: Database,
  settings: Settings,
  { userId, isValid, sessionId }: { userId: SQL; isValid: SQL; sessionId: string | undefined },
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const { rates } = settings
  if (!rates.logIn) return undefined
  const ownPart = `:${await sessionDigest(settings, sessionId)}`
  const counters = sql`
    select 'login:' || ${users.id} || part as key, ${users.id} as user_id, part <> '' as is_own
      from ${users}, (select '' as part union all select ${ownPart})
      where ${users.id} = ${userId} and ${isValid}`
  return backoff(db, settings, rates.logIn, { counters }, info)
}

/** `passwordAttempt` with counters by name, so that statements find them after the batch has changed the user. */
export async function namedPasswordAttempt(
  db: Database,
  settings: Settings,
  { id, ...token }: { id: number; isValid: SQL; sessionId: string | undefined },
  info: RequestInfo,
): Promise<Attempt | undefined> {
  const attempt = await passwordAttempt(db, settings, { ...token, userId: sql`${id}` }, info)
  if (!attempt) return undefined
  const account = `login:${id}`
  const own = `${account}:${await sessionDigest(settings, token.sessionId)}`
  return { ...attempt, deciding: sql`${own}`, keys: sql`${[account, own]}` }
}

const sessionDigest = ({ secretKey }: Settings, sessionId: string | undefined) =>
  hmac(secretKey, 'throttles', ['session', sessionId ?? ''])
