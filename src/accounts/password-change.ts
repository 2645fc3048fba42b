// Changes a password, by the old password or by a mailed link. The new hash is written only if the row still has the hash
// that was compared, or that the link signs.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { hashPassword } from '../passwords/hashers.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { revokeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { batch } from '../statements.ts'
import { afterActivation } from './activation.ts'
import { type LinkParts, requestLink, useLink } from './email-links.ts'
import {
  afterPasswordChange,
  afterPasswordReset,
  type CommonPasswordCheck,
  findUserWithHash,
  passwordErrors,
  passwordHashIs,
  updatePasswordHash,
} from './password-update.ts'
import { activationColumns, type ComparedPassword } from './users.ts'

interface PasswordChange {
  password: string
  /** The id of the session that continues. */
  keepSession: string | undefined
  compared: ComparedPassword
}

/**
 * Sets another password. With LOGOUT_ON_PASSWORD_CHANGE the same batch revokes all sessions except `keepSession`, and
 * the authtoken key.
 * @returns false if the account changed since the password was compared
 */
export async function changePassword(
  db: Database,
  settings: Settings,
  user: User,
  { password, keepSession, compared }: PasswordChange,
  info: RequestInfo,
): Promise<boolean> {
  const userId = user.id
  const hash = await hashPassword(password, settings.argon2)
  const provided = passwordHashIs(hash)
  const keep = keepSession !== undefined && { except: keepSession }
  const { changed } = await batch(db, {
    before: compared.before,
    update: updatePasswordHash(db, compared.isUnchanged, hash),
    changed: findUserWithHash(db, userId, hash),
    effects: afterPasswordChange(db, settings, { userId, hash, detail: 'set' }, info),
    logout: settings.logoutOnPasswordChange
      ? [
          revokeSessionsOf(db, userId, 'password_changed', info.now, { ...keep, provided }),
          deleteAuthtokens(db, userId, provided),
        ]
      : [],
    after: compared.after,
  })
  return changed.length > 0
}

/** Queues a reset email for an account that has a password. Its link also activates a pending account. */
export const requestPasswordReset = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => requestLink(db, settings, { kind: 'password_reset', state: canReset, email }, info)

// Several accounts may share an address, and an attacker may have created the pending ones. So they get an email only if
// no active account with a password has the address.
const canReset = sql`(users.status = 'active' or users.status = 'pending' and not exists (
  select 1 from users other where other.email = users.email and other.status = 'active'
  and other.password not like '!%'))`

interface PasswordReset extends LinkParts {
  password: string
  isCommon: CommonPasswordCheck
}

/**
 * Sets a password by a mailed link, once, and revokes every session and authtoken key. The link proves the address, so
 * a pending account becomes active. Only a caller with the link learns anything about the account.
 * @returns `uid` or `token` for the part of the link that is wrong; `weak` with the errors of the password
 */
export const resetPassword = (
  db: Database,
  settings: Settings,
  { password, isCommon, ...link }: PasswordReset,
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | { weak: string[] }> =>
  useLink(db, settings, { purpose: 'password_reset', ...link }, info, (user, isUnchanged) =>
    setByLink(db, settings, { user, isUnchanged, password, isCommon }, info),
  )

interface NewPasswordByLink extends Pick<PasswordReset, 'password' | 'isCommon'> {
  user: User
  /** A condition on `users`: everything that the link signs is unchanged. */
  isUnchanged: SQL | undefined
}

async function setByLink(
  db: Database,
  settings: Settings,
  { user, isUnchanged, password, isCommon }: NewPasswordByLink,
  info: RequestInfo,
): Promise<'done' | 'token' | { weak: string[] }> {
  const userId = user.id
  const weak = await passwordErrors(settings, password, user, isCommon)
  if (weak.length > 0) return { weak }

  const hash = await hashPassword(password, settings.argon2)
  const where = and(eq(users.id, userId), passwordHashIs(hash))
  const isPending = user.status === 'pending'
  const { changed } = await batch(db, {
    update: updatePasswordHash(db, isUnchanged, hash, activationColumns(info.now)),
    changed: findUserWithHash(db, userId, hash),
    activation: isPending ? afterActivation(db, settings, where, info) : [],
    effects: afterPasswordReset(db, settings, { userId, hash }, info),
  })
  return changed.length > 0 ? 'done' : 'token'
}
