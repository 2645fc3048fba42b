// Logs in, and issues a session, an authtoken key or a token without a row.

import { loginIs, passwordUnchanged } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordHourly } from '../security-events.ts'
import type { IssuedTokens } from '../sessions/session-tokens.ts'
import { slidingToken } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { authtokenIssuer, rowlessIssuer, sessionIssuer } from './issue-tokens.ts'
import { betterHash, type Credentials } from './login-request.ts'
import { type LoggedIn, logInByPassword } from './password-login.ts'

/** Logs in and starts a session; undefined for a wrong login or password. */
export const logIn = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<IssuedTokens> | undefined> =>
  logInByPassword(db, settings, info, {
    credentials,
    lastLogin: lastLoginFor(settings, info),
    issuer: sessionIssuer(db, settings, info),
  })

/** Logs in and answers the user's authtoken key, which stays the same until it is deleted. */
export const obtainAuthtoken = (
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { lastLogin }: { lastLogin?: Date },
  info: RequestInfo,
): Promise<LoggedIn<string> | undefined> =>
  logInByPassword(db, settings, info, {
    credentials,
    lastLogin,
    issuer: authtokenIssuer(db, settings, info),
  })

/**
 * The user of a login and password, for tokens without a row. If the password changes at the same moment, the token version
 * in them makes them invalid. Writes only what every login writes.
 */
export async function checkCredentials(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  { kind, lastLogin }: { kind: 'sliding' | 'drf-jwt'; lastLogin?: Date | undefined },
  info: RequestInfo,
): Promise<User | undefined> {
  const request = { credentials, lastLogin, issuer: rowlessIssuer(kind) }
  return (await logInByPassword(db, settings, info, request))?.user
}

/** Logs in and issues a sliding token. It has no session, and is valid only for the user's current token version. */
export async function logInSliding(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  info: RequestInfo,
): Promise<LoggedIn<string> | undefined> {
  const how = { kind: 'sliding', lastLogin: lastLoginFor(settings, info) } as const
  const user = await checkCredentials(db, settings, credentials, how, info)
  return user && { user, issued: await slidingToken(settings, user, info.now) }
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

/**
 * Replaces an outdated hash by one of today's cost, after a login on a hint. It comes after the response, whose time would
 * otherwise tell that the password was right, even where the throttle refuses it.
 */
export async function upgradeHash(db: Database, settings: Settings, user: User, password: string) {
  const better = await betterHash(settings, user, password)
  if (better) await db.update(users).set(better).where(passwordUnchanged(user))
}
