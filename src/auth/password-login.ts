// Checks a login and a password, and issues a token. Every write depends on the row that was compared, so that a slow login
// does not outlive a password reset. One batch counts the attempt and reads the row, and a second one logs in. With a hint of
// a replica, the first batch also logs in (login-hint.ts).

import { loginIs, loginKey } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { BusyError } from '../passwords/hash-queue.ts'
import { isBusy, requireCapacity } from '../passwords/hashers.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import {
  assertAllowed,
  batchThrottled,
  CaptchaRequiredError,
  refund,
  type ThrottleResult,
} from '../throttling/counters.ts'
import { issueTokens } from './issue-tokens.ts'
import { compareHint, type LoginHint, statementsOnHint } from './login-hint.ts'
import {
  betterHash,
  type LoginRequest,
  lastLoginOf,
  mayLogIn,
  verifyCredentials,
  writesOfLogin,
} from './login-request.ts'
import { loginAttempt } from './login-throttle.ts'

export interface LoggedIn<Issued> {
  user: User
  issued: Issued
}

/** A login whose attempt was counted. */
interface CountedLogin<Issued> {
  request: LoginRequest<Issued>
  throttle: ThrottleResult | undefined
}

/**
 * Checks a login and password, and issues a token. An unknown user costs the same work as a wrong password, except
 * imported hashes that have not been replaced yet. An attempt is not counted if a captcha is missing, or if this isolate has
 * no capacity for the hash.
 * @throws ThrottledError, CaptchaRequiredError, BusyError
 */
export async function logInByPassword<Issued>(
  db: Database,
  settings: Settings,
  info: RequestInfo,
  request: LoginRequest<Issued>,
): Promise<LoggedIn<Issued> | undefined> {
  const { login, attemptsBeforeCaptcha } = request.credentials
  const where = loginIs(settings, login)
  const find = db.select().from(users).where(where)
  const newSessionId = request.issuer.sessionId
  const target = { name: loginKey(settings, login), where, attemptsBeforeCaptcha, newSessionId }
  const attempt = await loginAttempt(db, settings, target, info)

  const hint = await compareHint(db, settings, request.credentials, attempt)
  // The batch of the attempt also reads the hash. If a slow hash could be refused, the hash is read before the attempt.
  if (!hint && isBusy()) await requireCapacity((await find)[0]?.password, settings)
  const { results, throttle } = await batchThrottled(db, attempt, {
    found: find,
    ...(hint && (await statementsOnHint(db, settings, request, { hint, attempt }, info))),
  })
  // A batch that was sent again may find the login recorded, and its attempt refused because of attempts since then.
  const matched = results.found.find(({ id }) => id === results.recorded?.[0]?.id)
  const issued = matched && (await request.issuer.issue(matched, results))
  if (issued) return loggedIn(db, matched, issued)
  assertLoginAllowed(throttle)

  const counted = { request, throttle }
  const [user] = results.found
  const outcome = await logInIfMatching(db, settings, counted, { user, hint }, info)
  if (outcome !== 'user_changed') return outcome
  // Another login at the same moment may have replaced the hash that was compared. So compare with the new one.
  const [userNow] = await find
  const outcomeNow = await logInIfMatching(db, settings, counted, { user: userNow }, info)
  return outcomeNow === 'user_changed' ? undefined : outcomeNow
}

/** @throws ThrottledError, CaptchaRequiredError */
function assertLoginAllowed(throttle: ThrottleResult | undefined) {
  const needsCaptcha = throttle && !throttle.allowed && throttle.wait <= 0
  if (needsCaptcha) throw new CaptchaRequiredError()
  assertAllowed(throttle)
}

/**
 * Logs in the user of a row, if the password matches. A row with the hash of the hint is not compared again.
 * @returns `user_changed` if the user changed after the row was read
 */
async function logInIfMatching<Issued>(
  db: Database,
  settings: Settings,
  { request, throttle }: CountedLogin<Issued>,
  { user, hint }: { user: User | undefined; hint?: LoginHint | undefined },
  info: RequestInfo,
): Promise<LoggedIn<Issued> | 'user_changed' | undefined> {
  const { credentials, issuer } = request
  const isCompared = hint && hint.user?.password === user?.password
  const matches = isCompared
    ? hint.matches
    : await refundIfBusy(db, throttle, verifyCredentials(settings, credentials, user))
  if (!matches || !user || !mayLogIn(user)) return undefined
  const better = await refundIfBusy(db, throttle, betterHash(settings, user, credentials.password))
  const updatedUser = { ...user, ...better }
  const writes = writesOfLogin(db, user, { ...lastLoginOf(request), ...better }, throttle)
  const login = { user, updatedUser, writes }
  const issued = await issueTokens(db, settings, issuer, login, info)
  return issued ? loggedIn(db, updatedUser, issued) : 'user_changed'
}

/** Refunds the attempt if this isolate has no capacity for a slow hash after all. */
async function refundIfBusy<T>(
  db: Database,
  throttle: ThrottleResult | undefined,
  hashing: Promise<T>,
): Promise<T> {
  try {
    return await hashing
  } catch (error) {
    if (error instanceof BusyError && throttle) await refund(db, throttle)
    throw error
  }
}

function loggedIn<Issued>(db: Database, user: User, issued: Issued): LoggedIn<Issued> {
  noteWrite(db, user)
  return { user, issued }
}
