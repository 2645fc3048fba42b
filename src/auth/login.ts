// Logging in: who shows log-in name and password gets a session, or a key. What the comparison allowed is
// written only where the hash is still the one compared: a slow log-in must not outlive a reset.

import { sql } from 'drizzle-orm'
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
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordHourly } from '../security-events.ts'
import type { IssuedTokens } from '../sessions/session-tokens.ts'
import { slidingToken } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import {
  assertAllowed,
  batchThrottled,
  CaptchaRequiredError,
  onSuccess,
  refund,
  type ThrottleResult,
} from '../throttling/counters.ts'
import { issueAuthtoken, loginEvents, startSession, type Write } from './issue-tokens.ts'
import { loginAttempt } from './login-throttle.ts'

/** What someone logs in with. */
export interface Credentials {
  login: string
  password: string
  /** How many tries of a run need nothing but a password. */
  attemptsBeforeCaptcha: number
}

type LoggedIn<Token> = { user: User } & Token

/** A session for whom log-in name and password name, re-hashing an old hash on the way. */
export const logIn = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<{ issued: IssuedTokens }> | undefined> =>
  authenticate(
    db,
    settings,
    credentials,
    lastLoginBy(settings, info),
    info,
    async (user, { extraWrites }) => {
      const issued = await startSession(db, settings, user, info, extraWrites)
      return issued && { user, issued }
    },
  )

/** The authtoken key of whom log-in name and password name: the same until it is ended. */
export const obtainAuthtoken = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { lastLogin }: { lastLogin?: Date },
  info: RequestInfo,
): Promise<LoggedIn<{ key: string }> | undefined> =>
  authenticate(db, settings, credentials, lastLogin, info, async (user, { extraWrites, after }) => {
    const key = await issueAuthtoken(db, settings, user, info, extraWrites, after)
    return key === undefined ? undefined : { user, key }
  })

/**
 * Whom log-in name and password name, for tokens of a `kind` that no row stands for: a password that changes
 * at the same moment ends them by their version. Only the traces are written.
 */
export const checkCredentials = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { kind, lastLogin }: { kind: 'sliding' | 'drf-jwt'; lastLogin?: Date | undefined },
  info: RequestInfo,
): Promise<User | undefined> =>
  authenticate(db, settings, credentials, lastLogin, info, async (user, { extraWrites }) => {
    const [[found]] = await db.batch([
      db.select().from(users).where(passwordUnchanged(user)),
      ...loginEvents(db, settings, { detail: kind }, passwordUnchanged(user), info),
      ...extraWrites,
    ])
    return found
  })

/** A sliding token, which has no session: it ends with the version that it was made for. */
export async function logInSliding(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<{ token: string }> | undefined> {
  const how = { kind: 'sliding', lastLogin: lastLoginBy(settings, info) } as const
  const user = await checkCredentials(db, settings, credentials, how, info)
  return user && { user, token: await slidingToken(settings, user, info.now) }
}

const lastLoginBy = ({ updateLastLogin }: Settings, { now }: RequestInfo) =>
  updateLastLogin ? now : undefined

/** Notes a log-in that failed. Not in its trip: who is known must not take longer than who is not. */
export const recordLoginFailure = (
  db: Database,
  settings: Settings,
  login: string,
  info: RequestInfo,
) => recordHourly(db, { type: 'login_failed' }, loginIs(settings, login), info)

/**
 * Lets in whom log-in name and password name. As much work for nobody as for a wrong password, but for
 * hashes that were imported and not replaced yet. A turn is taken before anything is compared; for want of a challenge
 * there is none. A login that is too much for this isolate costs no turn.
 * @param open writes, with what the log-in leaves, provided that the user is `unchanged`; undefined when he was not
 * @throws ThrottledError, UnchallengedError, BusyError
 */
async function authenticate<T>(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  lastLogin: Date | undefined,
  info: RequestInfo,
  open: (user: User, traces: LoginUpdates) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { login, password, attemptsBeforeCaptcha } = credentials
  const where = loginIs(settings, login)
  const find = db.select().from(users).where(where)
  // The hash is known only together with the turn. Where slow ones may be refused, it is read before.
  if (isBusy()) await requireCapacity((await find)[0]?.password, settings)
  const named = { name: loginKey(settings, login), where, attemptsBeforeCaptcha }
  const attempt = await loginAttempt(db, settings, named, info)
  const { results, throttle } = await batchThrottled(db, attempt, { found: find })
  let [user] = results.found
  if (throttle && !throttle.allowed && throttle.wait <= 0) throw new CaptchaRequiredError()
  assertAllowed(throttle)

  // A log-in at the same moment may have replaced the hash that was compared: then it is compared anew.
  for (const again of [false, true]) {
    if (again) [user] = await find
    const matches = await unlessBusy(
      db,
      throttle,
      user ? verifyPassword(password, user.password, settings) : verifyDummy(password, settings),
    )
    if (!matches || user?.status !== 'active' || !canAuthenticate(user)) return undefined
    const isSame = sql`exists (select 1 from users where ${passwordUnchanged(user)})`
    const { extraWrites, after } = await unlessBusy(
      db,
      throttle,
      loginUpdates(db, settings, user, credentials, lastLogin),
    )
    const opened = await open(user, {
      extraWrites: [...onSuccess(db, throttle, isSame), ...extraWrites],
      after,
    })
    if (opened !== undefined) return opened
  }
  return undefined
}

/** Gives the turn back where there was no place for a slow hash after all. */
async function unlessBusy<T>(
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

/** What a login writes on the user's row, and the user as it is then. */
interface LoginUpdates {
  extraWrites: Write[]
  after: User
}

/** A better hash, and when the login was. */
async function loginUpdates(
  db: Database,
  settings: Settings,
  user: User,
  { password }: Credentials,
  lastLogin: Date | undefined,
): Promise<LoginUpdates> {
  const changes = {
    ...(lastLogin && { lastLogin }),
    ...(needsRehash(user.password, settings.argon2) && {
      password: await hashPassword(password, settings.argon2),
      rehashed: true,
    }),
  }
  if (Object.keys(changes).length === 0) return { extraWrites: [], after: user }
  const update = db.update(users).set(changes).where(passwordUnchanged(user))
  return { extraWrites: [update], after: { ...user, ...changes } }
}
