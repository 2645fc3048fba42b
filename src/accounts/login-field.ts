// Changes the login: an email address or a username, by LOGIN_FIELD. Like Djoser, it stores the login as typed. Sessions
// continue. With EMAIL_CHANGE_CONFIRMATION a new address must be confirmed first (email-change.ts).

import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import { type Database, isUniqueViolation } from '../db.ts'
import { emailKey, emailKeys } from '../mail/email-address.ts'
import { cancelPendingLinks, enqueueNotice } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent, wasRecorded } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote } from '../statements.ts'
import { notifyOldAddress, requestEmailChange } from './email-change.ts'
import { type LinkParts, requestLink, useLink } from './email-links.ts'
import { type ComparedPassword, invalidatesLinks, loginIs, type UserColumns } from './users.ts'

/** Whether the login is in use, by another user or by this one. */
export async function isLoginTaken(db: Database, settings: Settings, user: User, login: string) {
  if (isOwnLogin(settings, user, login)) return true
  const others = and(loginIs(settings, login), ne(users.id, user.id))
  return (await db.select({ id: users.id }).from(users).where(others)).length > 0
}

/**
 * Changes the login of a user whose password was compared, or asks the user to confirm the new address.
 * @returns `changed` if the account has changed since the password was compared
 */
export async function changeLogin(
  db: Database,
  settings: Settings,
  user: User,
  { login, compared }: { login: string; compared: ComparedPassword },
  info: RequestInfo,
): Promise<'done' | 'taken' | 'changed'> {
  const change = { login, compared, where: compared.isUnchanged, how: 'set' } as const
  const outcome = await applyChange(db, settings, user, change, info)
  return outcome === 'not_matched' ? 'changed' : outcome
}

/** Queues an email with a link to choose another login, if the account is active and has a password. */
export const requestUsernameReset = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => {
  const state = eq(users.status, 'active')
  return requestLink(db, settings, { kind: 'username_reset', state, email }, info)
}

/**
 * Changes the login by a mailed link, once. Only a client with the link learns whether the new login is taken.
 * @returns `uid` or `token` for the part of the link that is wrong; `taken` for a login that is in use
 */
export async function resetLogin(
  db: Database,
  settings: Settings,
  { login, ...link }: LinkParts & { login: string },
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  // The link proves the current address. It must stay invalid even if the user changes back to the old login.
  const set = { ...invalidatesLinks, emailVerifiedAt: info.now }
  const named = { purpose: 'username_reset', ...link } as const
  const outcome = await useLink(db, settings, named, info, (user, where) =>
    applyChange(db, settings, user, { login, where, how: 'reset', set }, info),
  )
  return outcome === 'not_matched' ? 'token' : outcome
}

/**
 * Changes the address to the requested one, once. The link was mailed to that address, and so proves it.
 * @returns `uid` or `token` for the part of the link that is wrong; `taken` for an address that is in use by now
 */
export async function confirmEmailChange(
  db: Database,
  settings: Settings,
  link: LinkParts,
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  const named = { purpose: 'email_change', ...link } as const
  const outcome = await useLink(db, settings, named, info, async (user, isUnchanged) => {
    const { newEmail } = user
    if (newEmail === null) return 'not_matched'
    const where = and(isUnchanged, eq(users.newEmail, newEmail))
    const change = { login: newEmail, where, how: 'confirmed', set: invalidatesLinks } as const
    return commitChange(db, settings, user, change, info)
  })
  return outcome === 'not_matched' ? 'token' : outcome
}

interface LoginChange {
  login: string
  /** A condition on `users`: the user is unchanged since the password or the link was checked. */
  where: SQL | undefined
  how: 'set' | 'reset' | 'confirmed'
  /** Columns that are written with the login. */
  set?: UserColumns
  compared?: Pick<ComparedPassword, 'before' | 'after'>
}

/** `not_matched`: no user matches the change's `where`. */
type LoginChangeOutcome = 'done' | 'taken' | 'not_matched'

/** Changes the login at once, or asks the user to confirm the new address if the settings require it. */
async function applyChange(
  db: Database,
  settings: Settings,
  user: User,
  change: LoginChange,
  info: RequestInfo,
): Promise<LoginChangeOutcome> {
  const { login, where, set, compared } = change
  if (isOwnLogin(settings, user, login)) return 'taken'
  // A row of an earlier version may have another key for this address, which the unique index does not compare.
  const hasOldKey = settings.loginField === 'email' && emailKeys(login).length > 1
  if (hasOldKey && (await isLoginTaken(db, settings, user, login))) return 'taken'
  const mustConfirm = settings.emailChangeConfirmation && settings.loginField === 'email'
  if (!mustConfirm) return commitChange(db, settings, user, change, info)
  const request = { email: login, where, set, ...compared }
  const { isDone, isTaken } = await requestEmailChange(db, settings, user, request, info.now)
  if (isDone) return 'done'
  return isTaken ? 'taken' : 'not_matched'
}

async function commitChange(
  db: Database,
  settings: Settings,
  user: User,
  { login, where, how, compared, set }: LoginChange,
  info: RequestInfo,
): Promise<LoginChangeOutcome> {
  const { now, requestId } = info
  // A link to a new address confirms that address, even if users log in by username.
  const field = how === 'confirmed' ? 'email' : settings.loginField
  const isEmail = field === 'email'
  const isLogin = field === settings.loginField
  const columns = isEmail ? emailColumns(login, { isLogin, how, now }) : { username: login }
  const tokens = isLogin && endsTokensByLogin(settings)
  const type = isEmail ? 'email_changed' : 'username_changed'
  const justChanged = and(eq(users.id, user.id), previousStatementWrote)
  const confirms = isLogin && settings.usernameChangedEmailConfirmation
  try {
    const { recorded } = await batch(db, {
      before: compared?.before,
      update: db
        .update(users)
        .set({ ...set, ...columns, ...tokens })
        .where(where),
      event: recordEvent(db, { type, detail: how }, justChanged, info),
      recorded: findRecorded(db, type, info),
      confirmation: confirms
        ? enqueueNotice(db, 'username_changed_confirmation', justChanged, now, { requestId })
        : undefined,
      notice: isEmail ? notifyOldAddress(db, settings, user, info) : undefined,
      links: cancelPendingLinks(db, user.id, wasRecorded(type, info)),
      after: compared?.after,
    })
    return recorded.length > 0 ? 'done' : 'not_matched'
  } catch (error) {
    if (isUniqueViolation(error, isEmail ? 'users.email_key' : 'users.username')) return 'taken'
    throw error
  }
}

const emailColumns = (
  email: string,
  { isLogin, how, now }: { isLogin: boolean; how: LoginChange['how']; now: Date },
): UserColumns => ({
  email,
  newEmail: null,
  emailVerifiedAt: how === 'confirmed' ? now : null,
  ...(isLogin && { emailKey: emailKey(email) }),
})

/**
 * Django's tokens may name their user by the login alone, and a former user of this login may still have such tokens. So
 * tokens of version 0 must not be valid for the account that has the login now.
 */
const endsTokensByLogin = ({ userIdField, drfJwt }: Settings) =>
  userIdField !== 'id' || drfJwt.enabled
    ? { tokenVersion: sql`max(${users.tokenVersion}, 1)` }
    : undefined

const isOwnLogin = (settings: Settings, user: User, login: string) =>
  login === user[settings.loginField]
