// Checks a login and a password, and issues a token. Every write depends on the row that was compared, so that a slow login
// does not outlive a password reset. With D1_READ_REPLICATION the first comparison is with a row of the nearest replica,
// which may be old: a hint. One batch at the primary then counts the attempt, and logs in only if the attempt was allowed
// and the row is still the same (docs/decisions/043). Without a hint, that batch only counts the attempt and reads the row,
// and a second one logs in.

import { and, type SQL, sql } from 'drizzle-orm'
import { loginIs, loginKey, passwordUnchanged, rowIs, userText } from '../accounts/users.ts'
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
import { noteWrite, readHint } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import {
  type Attempt,
  assertAllowed,
  batchThrottled,
  CaptchaRequiredError,
  type Counters,
  onSuccess,
  refund,
  type ThrottleResult,
  wasAllowed,
} from '../throttling/counters.ts'
import { userFromJson } from '../user-json.ts'
import { type Issuer, issueTokens, loginStatements } from './issue-tokens.ts'
import { loginAttempt } from './login-throttle.ts'

/** The login and password that a user sent. */
export interface Credentials {
  /** The value of LOGIN_FIELD. */
  login: string
  password: string
  /** The attempts of a streak that are allowed without a captcha; `Infinity` if one was passed, or none is required. */
  attemptsBeforeCaptcha: number
}

export interface LoggedIn<Issued> {
  user: User
  issued: Issued
}

/** The part of a login that depends on the kind of token. */
export interface LoginRequest<Issued> {
  credentials: Credentials
  /** Written to the user's row, if present. */
  lastLogin: Date | undefined
  issuer: Issuer<Issued>
}

/** A comparison with the row of a replica. */
interface Hint {
  /** Undefined if no account has this login. */
  user: User | undefined
  /** The row as one text, which SQLite compares. */
  text: string
  /** Whether it is the user's password. */
  matches: boolean
}

/** In place of a user. No user has this id. */
const unknown = { id: -1, password: '' }

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
  // A batch that was sent again may find the login recorded, and its attempt refused because of others since.
  const matched = results.found.find(({ id }) => id === results.recorded?.[0]?.id)
  const issued = matched && (await request.issuer.issue(matched, results))
  if (issued) return loggedIn(db, matched, issued)
  const needsCaptcha = throttle && !throttle.allowed && throttle.wait <= 0
  if (needsCaptcha) throw new CaptchaRequiredError()
  assertAllowed(throttle)

  const [user] = results.found
  const counted = { request, throttle }
  const outcome = await logInIfMatching(db, settings, counted, { user, hint }, info)
  if (outcome !== 'user_changed') return outcome
  // Another login at the same moment may have replaced the hash that was compared. So compare with the new one.
  const [userNow] = await find
  const outcomeNow = await logInIfMatching(db, settings, counted, { user: userNow }, info)
  return outcomeNow === 'user_changed' ? undefined : outcomeNow
}

/**
 * Compares the password with the row at the nearest replica.
 * @returns undefined without a replica, and if its throttle refuses the attempt, so that no hash is made for it
 */
async function compareHint(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  attempt: Attempt | undefined,
): Promise<Hint | undefined> {
  const near = await readHint(db, {
    found: db.select({ text: userText }).from(users).where(loginIs(settings, credentials.login)),
    refused: attempt?.findRefused,
  })
  // A replica refuses no caller: it may lack the user, or their newest hash.
  if (!near || near.refused?.length || isBusy()) return undefined
  const [row] = near.found
  const user = row && userFromJson(row.text)
  return { user, text: row?.text ?? '', matches: await compare(settings, credentials, user) }
}

/** The statements that log in the user of a hint. They are the same for a wrong password and an unknown user. */
function statementsOnHint(
  db: Database,
  settings: Settings,
  request: LoginRequest<unknown>,
  { hint: { user, text, matches }, attempt }: { hint: Hint; attempt: Attempt | undefined },
  info: RequestInfo,
) {
  const { id, password } = user ?? unknown
  const isRight = matches && user !== undefined && mayLogInOnHint(user)
  // At the primary, the login may be that of another account by now.
  const isFound = loginIs(settings, request.credentials.login)
  const login = {
    user: { id, password },
    // One comparison, so that SQLite reads as many rows for a right password that is refused as for a wrong one.
    where: and(
      isFound,
      rowIs(sql`case when ${wasAllowed(attempt)} then ${isRight ? text : ''} end`),
    ),
    writes: writesOfLogin(db, { id, password }, lastLoginOf(request), attempt),
  }
  return loginStatements(db, settings, request.issuer, login, info)
}

/**
 * Logs in the user of a row, if the password matches. A row with the hash of the hint is not compared again.
 * @returns `user_changed` if the user changed after the row was read
 */
async function logInIfMatching<Issued>(
  db: Database,
  settings: Settings,
  { request, throttle }: { request: LoginRequest<Issued>; throttle: ThrottleResult | undefined },
  { user, hint }: { user: User | undefined; hint?: Hint | undefined },
  info: RequestInfo,
): Promise<LoggedIn<Issued> | 'user_changed' | undefined> {
  const { credentials, issuer } = request
  const isCompared = hint && hint.user?.password === user?.password
  const matches = isCompared
    ? hint.matches
    : await refundIfBusy(db, throttle, compare(settings, credentials, user))
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

const compare = (settings: Settings, { password }: Credentials, user: User | undefined) =>
  user ? verifyPassword(password, user.password, settings) : verifyDummy(password, settings)

const mayLogIn = (user: User) => user.status === 'active' && canAuthenticate(user)

/** As `mayLogIn`, before the attempt is counted. If the hook throws, it throws again after that, in `logInIfMatching`. */
function mayLogInOnHint(user: User): boolean {
  try {
    return mayLogIn(user)
  } catch {
    return false
  }
}

/** What every login writes, whatever it issues: the throttles, and columns of the user. */
const writesOfLogin =
  (
    db: Database,
    user: Pick<User, 'id' | 'password'>,
    changes: Partial<User>,
    counters: Counters | undefined,
  ) =>
  (isRecorded: SQL) => [
    ...onSuccess(db, counters, isRecorded),
    ...(Object.keys(changes).length > 0
      ? [
          db
            .update(users)
            .set(changes)
            .where(and(passwordUnchanged(user), isRecorded)),
        ]
      : []),
  ]

const lastLoginOf = ({ lastLogin }: LoginRequest<unknown>) => (lastLogin ? { lastLogin } : {})

/** A hash of today's cost for a password that was compared; undefined if the user's hash is one, or without capacity. */
export async function betterHash(
  { argon2 }: Settings,
  { password: hash }: Pick<User, 'password'>,
  password: string,
): Promise<Pick<User, 'password' | 'rehashed'> | undefined> {
  if (!needsRehash(hash, argon2) || isBusy()) return undefined
  return { password: await hashPassword(password, argon2), rehashed: true }
}

function loggedIn<Issued>(db: Database, user: User, issued: Issued): LoggedIn<Issued> {
  noteWrite(db, user.id)
  return { user, issued }
}
