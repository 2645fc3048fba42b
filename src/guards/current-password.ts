// The guards of requests that send the current password. An attempt is counted before the password is compared, and refunded
// if the request fails for another reason.
//
// With D1_READ_REPLICATION the caller's row first comes from the nearest replica, as a hint (docs/decisions/043). The batch at
// the primary then counts the attempt. It writes only if the attempt was allowed and the row is the same there.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type ComparedPassword, passwordUnchanged, rowIs, userText } from '../accounts/users.ts'
import { readUserNear, tokenUserQuery } from '../auth/credential.ts'
import { namedPasswordAttempt, passwordAttempt } from '../auth/login-throttle.ts'
import { refundLater } from '../http/after-response.ts'
import { ApiError } from '../http/errors.ts'
import { limitAddress } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { isBusy, requireCapacity, verifyPassword } from '../passwords/hashers.ts'
import { throttles, users } from '../schema.ts'
import {
  type Attempt,
  assertAllowed,
  batchThrottled,
  onSuccess,
  type ThrottleResult,
  wasAllowed,
} from '../throttling/counters.ts'
import { callerFrom, callerOf, readCaller, requireCredential, sessionIdOf } from './authenticate.ts'
import type { RequestCredential } from './credential.ts'
import { type Authenticated, setCaller } from './guards.ts'

export interface PasswordThrottled {
  Bindings: Authenticated['Bindings']
  Variables: Authenticated['Variables'] & {
    /** The attempt that was counted. It is refunded if the request fails; a wrong password clears it. */
    throttle: ThrottleResult | undefined
    /** Set while `user` is a replica's row. No attempt is counted yet. */
    hint: Hint | undefined
    /** The last comparison. It holds for each row with this hash. */
    compared: { hash: string; matches: boolean } | undefined
  }
}

interface Hint {
  attempt: Attempt | undefined
  /** A condition on `users`, after the attempt: it was allowed, and the primary has the same row and a valid token. */
  isConfirmed: SQL | undefined
}

/**
 * Requires a credential, and an attempt that the rate limit of logins allows, before the handler compares the current
 * password. An attempt that this isolate has no capacity for is not counted.
 */
export const withPasswordThrottle = createMiddleware<PasswordThrottled>(
  async function withPasswordThrottle(c, next) {
    const credential = await requireCredential(c)
    await limitAddress(c, 'login')
    await countAttempt(c, credential)
    await next()
    refundOnFailure(c)
  },
)

/** `withPasswordThrottle` for a handler that writes the caller's rows alone. The handler must be wrapped in `nearFirst`. */
export const withOwnPasswordThrottle = createMiddleware<PasswordThrottled>(
  async function withOwnPasswordThrottle(c, next) {
    const credential = await requireCredential(c)
    await limitAddress(c, 'login')
    if (!(await setHint(c, credential))) await countAttempt(c, credential)
    await next()
    refundOnFailure(c)
  },
)

/**
 * Runs a handler with the caller's row of the nearest replica. If the handler refuses, the primary counts the attempt, and the
 * handler runs again with the primary's row.
 */
export const nearFirst = (handler: (c: Context<PasswordThrottled>) => Promise<Response>) =>
  async function nearFirst(c: Context<PasswordThrottled>): Promise<Response> {
    if (!c.var.hint) return handler(c)
    try {
      return await handler(c)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
    }
    c.set('hint', undefined)
    await countAttempt(c, await requireCredential(c))
    return handler(c)
  }

/** Sets the caller as the nearest replica has them. @returns false if the primary must be asked */
async function setHint(
  c: Context<PasswordThrottled>,
  credential: RequestCredential,
): Promise<boolean> {
  const { db, settings, now } = c.var
  const info = requestInfo(c)
  const token = { isValid: credential.isValid, sessionId: sessionIdOf(credential) }
  const attempt = await passwordAttempt(db, settings, { ...credential, ...token }, info)
  const rows = db.select({ text: userText() }).from(users).where(eq(users.id, credential.userId))
  const queries = { rows, refused: attempt?.findRefused }
  const near = await readUserNear(db, settings, credential, queries, now)
  const [row] = near?.results.rows ?? []
  if (!near || !row || near.results.refused?.length) return false

  if (isBusy()) await requireCapacity(near.user.password, settings)
  const { id } = near.user
  const isSame = and(rowIs(row.text), token.isValid) as SQL
  const named = { id, isValid: isSame, sessionId: token.sessionId }
  const counted = await namedPasswordAttempt(db, settings, named, info)
  const isConfirmed = and(eq(users.id, id), isSame, wasAllowed(counted))
  setCaller(c, callerOf(credential, near.user))
  c.set('hint', { attempt: counted, isConfirmed })
  return true
}

/** Counts the attempt, and sets the caller as the primary has them. @throws ApiError 401, ThrottledError, BusyError */
async function countAttempt(c: Context<PasswordThrottled>, credential: RequestCredential) {
  const { db, settings } = c.var
  if (isBusy()) await requireCapacity((await readCaller(c, credential)).user.password, settings)

  const named = { ...credential, sessionId: sessionIdOf(credential) }
  const attempt = await passwordAttempt(db, settings, named, requestInfo(c))
  const find = tokenUserQuery(db, credential)
  const { results, throttle } = await batchThrottled(db, attempt, { found: find })
  const caller = await callerFrom(credential, results.found).catch((error) => {
    if (throttle?.allowed) refundLater(c, throttle)
    throw error
  })
  setCaller(c, caller)
  assertAllowed(throttle)
  c.set('throttle', throttle)
}

/** Refunds the attempt of a handler that may call `attemptPassword`. Comes after `authenticated`. */
export const refundsPasswordAttempt = createMiddleware<PasswordThrottled>(
  async function refundsPasswordAttempt(c, next) {
    await next()
    refundOnFailure(c)
  },
)

/**
 * Counts a password attempt of the caller, for a handler that must read the body to know whether it compares a password.
 * @throws ApiError 429, ThrottledError, BusyError
 */
export async function attemptPassword(c: Context<PasswordThrottled>) {
  const { db, settings, user, sessionId } = c.var
  await limitAddress(c, 'login')
  if (isBusy()) await requireCapacity(user.password, settings)
  const named = { userId: sql`${user.id}`, isValid: sql`1`, sessionId }
  const attempt = await passwordAttempt(db, settings, named, requestInfo(c))
  if (!attempt) return
  const { throttle } = await batchThrottled(db, attempt, {})
  assertAllowed(throttle)
  c.set('throttle', throttle)
}

/** Whether this is the caller's password. The attempt at a wrong one is not refunded. */
export async function isCurrentPassword(
  c: Context<PasswordThrottled>,
  password: string,
): Promise<boolean> {
  const { settings, user, compared } = c.var
  const matches =
    compared?.hash === user.password
      ? compared.matches
      : await verifyPassword(password, user.password, settings)
  c.set('compared', { hash: user.password, matches })
  if (!matches) c.set('throttle', undefined)
  return matches
}

/** What a handler's batch depends on. Call it after `isCurrentPassword`. */
export function comparedPassword(c: Context<PasswordThrottled>): ComparedPassword {
  const { db, user, throttle, hint } = c.var
  if (!hint) {
    const isUnchanged = passwordUnchanged(user)
    return { before: [], isUnchanged, after: onSuccess(db, throttle) }
  }
  const { attempt, isConfirmed } = hint
  const wasCounted = attempt && eq(throttles.requestId, attempt.info.requestId)
  return {
    before: attempt ? [attempt.consume] : [],
    isUnchanged: isConfirmed,
    after: onSuccess(db, attempt, wasCounted),
  }
}

function refundOnFailure(c: Context<PasswordThrottled>) {
  if (c.var.throttle && c.res.status >= 400) refundLater(c, c.var.throttle)
}
