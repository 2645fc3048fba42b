// Changing the name that users log in with: an email address or a username, by LOGIN_FIELD. It is kept as
// typed, as Djoser does; sessions go on. With EMAIL_CHANGE_CONFIRMATION an address is proven first.

import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type Database, isUniqueViolation } from '../db.ts'
import { emailKey, emailKeys } from '../mail/email-address.ts'
import { cancelPendingLinks, enqueue } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { notifyOldAddress, requestEmailChange } from './email-change.ts'
import { findUserByLink, requestLink } from './email-links.ts'
import {
  invalidatesLinks,
  loginIs,
  matchesLink,
  passwordUnchanged,
  type UserColumns,
} from './users.ts'

/** Whether a name is not to be had: it is another's, or his own already. */
export async function isLoginTaken(db: Database, settings: Settings, user: User, name: string) {
  if (isOwnLogin(settings, user, name)) return true
  const others = and(loginIs(settings, name), ne(users.id, user.id))
  return (await db.select({ id: users.id }).from(users).where(others)).length > 0
}

/**
 * Changes the name of who has shown his password, or asks for proof of the new address.
 * @returns `changed` when the account changed since the password was compared
 */
export async function changeLogin(
  db: Database,
  settings: Settings,
  user: User,
  wanted: Pick<LoginChange, 'login' | 'extraWrites'>,
  info: RequestInfo,
): Promise<'done' | 'taken' | 'changed'> {
  const change = { ...wanted, where: passwordUnchanged(user), how: 'set' } as const
  const outcome = await applyChange(db, settings, user, change, info)
  return outcome === 'not_matched' ? 'changed' : outcome
}

/** Owes a mail with a link to choose another name to who is active and has a password. */
export const requestUsernameReset = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => {
  const state = eq(users.status, 'active')
  const wanted = { kind: 'username_reset', scope: 'reset', state, email } as const
  return requestLink(db, settings, wanted, info)
}

/**
 * Changes the name that a mailed link allows to change, once. Whether the name is taken is said only to
 * who has the link.
 * @returns which part of the link is wrong, or that the name is taken
 */
export async function resetLogin(
  db: Database,
  settings: Settings,
  { uid, token, name }: { uid: string; token: string; name: string },
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  const link = { uid, token }
  const user = await findUserByLink(db, settings, 'reset', 'username_reset', link, info)
  if (typeof user === 'string') return user

  // The link proves the present address, and stays dead when the old name comes back.
  const set = { ...invalidatesLinks, emailVerifiedAt: info.now }
  const wanted = { login: name, where: matchesLink(user), how: 'reset', set } as const
  const outcome = await applyChange(db, settings, user, wanted, info)
  return outcome === 'not_matched' ? 'token' : outcome
}

/**
 * Changes the address to the one that was asked for and is proven by the link, once.
 * @returns which part of the link is wrong, or that the address was taken meanwhile
 */
export async function confirmEmailChange(
  db: Database,
  settings: Settings,
  link: { uid: string; token: string },
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  const user = await findUserByLink(db, settings, 'reset', 'email_change', link, info)
  if (typeof user === 'string') return user
  const { newEmail: name } = user
  if (name === null) return 'token'

  const where = and(matchesLink(user), eq(users.newEmail, name))
  const change = { login: name, where, how: 'confirmed', set: invalidatesLinks } as const
  const outcome = await commitChange(db, settings, user, change, info)
  return outcome === 'not_matched' ? 'token' : outcome
}

interface LoginChange {
  login: string
  where: SQL | undefined
  how: 'set' | 'reset' | 'confirmed'
  /** Columns that are written with the name. */
  set?: UserColumns
  /** What else is written. */
  extraWrites?: BatchItem<'sqlite'>[]
}

type LoginChangeOutcome = 'done' | 'taken' | 'not_matched'

async function applyChange(
  db: Database,
  settings: Settings,
  user: User,
  wanted: LoginChange,
  info: RequestInfo,
): Promise<LoginChangeOutcome> {
  const { login, where, set, extraWrites } = wanted
  if (isOwnLogin(settings, user, login)) return 'taken'
  // Another spelling of a row that the unique index knows by its old key.
  const isSpelled = settings.loginField === 'email' && emailKeys(login).length > 1
  if (isSpelled && (await isLoginTaken(db, settings, user, login))) return 'taken'
  const isProvenFirst = settings.emailChangeConfirmation && settings.loginField === 'email'
  if (!isProvenFirst) return commitChange(db, settings, user, wanted, info)
  const asked = { email: login, where, extraWrites, set }
  const { isDone, isTaken } = await requestEmailChange(db, settings, user, asked, info.now)
  if (isDone) return 'done'
  return isTaken ? 'taken' : 'not_matched'
}

async function commitChange(
  db: Database,
  settings: Settings,
  user: User,
  { login, where, how, extraWrites = [], set }: LoginChange,
  info: RequestInfo,
): Promise<LoginChangeOutcome> {
  const { now, requestId } = info
  // A link to a new address confirms that address, whatever users log in with.
  const field = how === 'confirmed' ? 'email' : settings.loginField
  const isEmail = field === 'email'
  const isLogin = field === settings.loginField
  const provenAt = how === 'confirmed' ? now : null
  const named = isEmail ? emailColumns(login, { isLogin, provenAt }) : { username: login }
  const own = eq(users.id, user.id)
  const update = db
    .update(users)
    .set({ ...set, ...named, ...(isLogin && endsTokensByLogin(settings)) })
    .where(where)
  const type = isEmail ? 'email_changed' : 'username_changed'
  const justNamed = and(own, sql`changes() > 0`)
  try {
    const [, , done] = await db.batch([
      update,
      recordEvent(db, { type, detail: how }, justNamed, info),
      findRecorded(db, type, info),
      ...(isLogin && settings.usernameChangedEmailConfirmation
        ? [enqueue(db, 'username_changed_confirmation', justNamed, now, { requestId })]
        : []),
      ...(isEmail ? notifyOldAddress(db, settings, user, login, info) : []),
      cancelPendingLinks(db, user.id, sql`users.${sql.identifier(field)} = ${login}`),
      ...extraWrites,
    ])
    return done.length > 0 ? 'done' : 'not_matched'
  } catch (error) {
    if (isUniqueViolation(error, isEmail ? 'users.email_key' : 'users.username')) return 'taken'
    throw error
  }
}

const emailColumns = (
  email: string,
  { isLogin, provenAt }: { isLogin: boolean; provenAt: Date | null },
): UserColumns => ({
  email,
  newEmail: null,
  emailVerifiedAt: provenAt,
  ...(isLogin && { emailKey: emailKey(email) }),
})

/**
 * Django's tokens may name their user by this name alone, and the user who had it before keeps theirs: no token of
 * version 0 opens the account that has the name now.
 */
const endsTokensByLogin = ({ userIdField, drfJwt }: Settings) =>
  userIdField !== 'id' || drfJwt.enabled
    ? { tokenVersion: sql`max(${users.tokenVersion}, 1)` }
    : undefined

const isOwnLogin = (settings: Settings, user: User, name: string) =>
  name === user[settings.loginField]
