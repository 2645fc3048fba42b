// Logs in: checks a login and a password, and issues a session, an authtoken key or a token without a row. Every write
// depends on the hash that was compared, so that a slow login does not outlive a password reset.

import { loginIs, loginKey, passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { BusyError } from '../passwords/hash-queue.ts'
import {
  hashPassword,
  isBusy,
  needsRehash,
  requireCapacity,
  verifyDummy,
  verifyPassword,
} from '../passwords/hashers.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordHourly } from '../security-events.ts'
import type { IssuedTokens } from '../sessions/session-tokens.ts'
import { slidingToken } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type Statement, userExists } from '../statements.ts'
import {
  assertAllowed,
  batchThrottled,
  CaptchaRequiredError,
  onSuccess,
  refund,
  type ThrottleResult,
} from '../throttling/counters.ts'
import { issueAuthtoken, loginEvents, startSession } from './issue-tokens.ts'
import { loginAttempt } from './login-throttle.ts'

/** The login and password that a user sent. */
export interface Credentials {
  /** The value of LOGIN_FIELD. */
  login: string
  password: string
  /** The attempts of a streak that are allowed without a captcha; `Infinity` if one was passed, or none is required. */
  attemptsBeforeCaptcha: number
}

type LoggedIn<Token> = { user: User } & Token

/** Logs in and starts a session; undefined for a wrong login or password. Upgrades an outdated hash. */
export const logIn = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<{ issued: IssuedTokens }> | undefined> =>
  authenticate(db, settings, info, {
    credentials,
    lastLogin: lastLoginFor(settings, info),
    async issue({ user, loginWrites }) {
      const issued = await startSession(db, settings, user, info, loginWrites)
      return issued && { user, issued }
    },
  })

/** Logs in and answers the user's authtoken key, which stays the same until it is deleted. */
export const obtainAuthtoken = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { lastLogin }: { lastLogin?: Date },
  info: RequestInfo,
): Promise<LoggedIn<{ key: string }> | undefined> =>
  authenticate(db, settings, info, {
    credentials,
    lastLogin,
    async issue({ user, updatedUser, loginWrites }) {
      const key = await issueAuthtoken(db, settings, user, info, { loginWrites, updatedUser })
      return key === undefined ? undefined : { user, key }
    },
  })

/**
 * The user of a login and password, for tokens without a row. If the password changes at the same moment, the token version
 * in them makes them invalid. Writes only what every login writes.
 */
export const checkCredentials = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { kind, lastLogin }: { kind: 'sliding' | 'drf-jwt'; lastLogin?: Date | undefined },
  info: RequestInfo,
): Promise<User | undefined> =>
  authenticate(db, settings, info, {
    credentials,
    lastLogin,
    async issue({ user, loginWrites }) {
      const { found } = await batch(db, {
        found: db.select().from(users).where(passwordUnchanged(user)),
        events: loginEvents(db, settings, { detail: kind }, passwordUnchanged(user), info),
        loginWrites,
      })
      return found[0]
    },
  })

/** Logs in and issues a sliding token. It has no session, and is valid only for the user's current token version. */
export async function logInSliding(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<{ token: string }> | undefined> {
  const how = { kind: 'sliding', lastLogin: lastLoginFor(settings, info) } as const
  const user = await checkCredentials(db, settings, credentials, how, info)
  return user && { user, token: await slidingToken(settings, user, info.now) }
}

const lastLoginFor = ({ updateLastLogin }: Settings, { now }: RequestInfo) =>
  updateLastLogin ? now : undefined

/** Records a failed login, in a round trip of its own: a known user must not take longer than an unknown one. */
export const recordLoginFailure = (
  db: Database,
  settings: Settings,
  login: string,
  info: RequestInfo,
) => recordHourly(db, { type: 'login_failed' }, loginIs(settings, login), info)

/** The part of a login that depends on the kind of token. */
interface LoginRequest<T> {
  credentials: Credentials
  /** Written to the user's row, if present. */
  lastLogin: Date | undefined
  /** Issues the token, provided that the user is unchanged. @returns undefined if the user has changed */
  issue(matched: MatchedLogin): Promise<T | undefined>
}

/** A login with the right password. */
interface MatchedLogin {
  user: User
  /** The user as `loginWrites` leaves them: an outdated hash is replaced. */
  updatedUser: User
  /** What every login writes, whatever it issues: the throttles, a better hash, the time of the login. */
  loginWrites: Statement[]
}

/**
 * Checks a login and password, and issues a token. An unknown user costs the same work as a wrong password, except
 * imported hashes that have not been replaced yet. The attempt is counted before the password is compared. It is not
 * counted if a captcha is missing, or if this isolate has no capacity for the hash.
 * @throws ThrottledError, CaptchaRequiredError, BusyError
 */
async function authenticate<T extends object>(
  db: Database,
  settings: Settings,
  info: RequestInfo,
  request: LoginRequest<T>,
): Promise<T | undefined> {
  const { login, attemptsBeforeCaptcha } = request.credentials
  const where = loginIs(settings, login)
  const find = db.select().from(users).where(where)
  // The batch of the attempt also reads the hash. If a slow hash could be refused, the hash is read before the attempt.
  if (isBusy()) await requireCapacity((await find)[0]?.password, settings)
  const target = { name: loginKey(settings, login), where, attemptsBeforeCaptcha }
  const attempt = await loginAttempt(db, settings, target, info)
  const { results, throttle } = await batchThrottled(db, attempt, { found: find })
  const needsCaptcha = throttle && !throttle.allowed && throttle.wait <= 0
  if (needsCaptcha) throw new CaptchaRequiredError()
  assertAllowed(throttle)

  const issued = await issueIfMatching(db, settings, request, throttle, results.found[0])
  if (issued !== 'user_changed') return issued
  // Another login at the same moment may have replaced the hash that was compared. So compare with the new one.
  const [userNow] = await find
  const issuedNow = await issueIfMatching(db, settings, request, throttle, userNow)
  return issuedNow === 'user_changed' ? undefined : issuedNow
}

/** Compares the password, and issues the token if it matches and the user may log in. */
async function issueIfMatching<T extends object>(
  db: Database,
  settings: Settings,
  request: LoginRequest<T>,
  throttle: ThrottleResult | undefined,
  user: User | undefined,
): Promise<T | 'user_changed' | undefined> {
  const { password } = request.credentials
  const comparison = user
    ? verifyPassword(password, user.password, settings)
    : verifyDummy(password, settings)
  const matches = await refundIfBusy(db, throttle, comparison)
  if (!matches || user?.status !== 'active' || !canAuthenticate(user)) return undefined
  noteWrite(db, user.id)

  const changes = await refundIfBusy(db, throttle, changesAtLogin(settings, user, request))
  const throttleWrites = onSuccess(db, throttle, userExists(passwordUnchanged(user)))
  const issued = await request.issue({
    user,
    updatedUser: { ...user, ...changes },
    loginWrites: [...throttleWrites, ...updateAtLogin(db, user, changes)],
  })
  return issued ?? 'user_changed'
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

/** Columns of the user that a login changes: a better hash, and the time of the login. */
const changesAtLogin = async (
  { argon2 }: Settings,
  user: User,
  { credentials, lastLogin }: Pick<LoginRequest<unknown>, 'credentials' | 'lastLogin'>,
): Promise<Partial<User>> => ({
  ...(lastLogin && { lastLogin }),
  ...(needsRehash(user.password, argon2) && {
    password: await hashPassword(credentials.password, argon2),
    rehashed: true,
  }),
})

const updateAtLogin = (db: Database, user: User, changes: Partial<User>) =>
  Object.keys(changes).length === 0
    ? []
    : [db.update(users).set(changes).where(passwordUnchanged(user))]
