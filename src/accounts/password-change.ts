// Changing a password. What a comparison allowed is written only where the hash is still the one that was
// compared.

import { and, eq, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { hashPassword, verifyPassword } from '../passwords/hashers.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { revokeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { findUserByLink, requestLink } from './email-links.ts'
import {
  afterPasswordChange,
  afterPasswordReset,
  type CommonPasswordCheck,
  findUserWithHash,
  passwordErrors,
  passwordHashIs,
  updatePasswordHash,
} from './password-update.ts'
import { afterActivation } from './registration.ts'
import { activationColumns, matchesLink, passwordUnchanged } from './users.ts'

/** Whether this is the user's password. */
export const checkPassword = (settings: Settings, user: User, password: string) =>
  verifyPassword(password, user.password, settings)

interface PasswordChange {
  password: string
  /** A session. */
  keepSession: string | undefined
  /** What else is written. */
  extraWrites: BatchItem<'sqlite'>[]
}

/**
 * Sets another password, in the batch that ends what the old one opened: with
 * LOGOUT_ON_PASSWORD_CHANGE all sessions but the one to be kept, and the authtoken key.
 * @returns false when the account changed since the password was compared
 */
export async function changePassword(
  db: Database,
  settings: Settings,
  user: User,
  { password, keepSession, extraWrites }: PasswordChange,
  info: RequestInfo,
): Promise<boolean> {
  const { now } = info
  const hash = await hashPassword(password, settings.argon2)
  const [, changed] = await db.batch([
    updatePasswordHash(db, passwordUnchanged(user), hash),
    findUserWithHash(db, user.id, hash),
    ...afterPasswordChange(db, settings, user.id, hash, { detail: 'set' }, info),
    ...(settings.logoutOnPasswordChange
      ? [
          revokeSessionsOf(db, user.id, 'password_changed', now, {
            ...(keepSession !== undefined && { keep: keepSession }),
            provided: passwordHashIs(hash),
          }),
          deleteAuthtokens(db, user.id, passwordHashIs(hash)),
        ]
      : []),
    ...extraWrites,
  ])
  return changed.length > 0
}

/** Queues a reset mail for an account that has a password. A pending one is activated by its link. */
export const requestPasswordReset = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => {
  const wanted = { kind: 'password_reset', scope: 'reset', state: canReset, email } as const
  return requestLink(db, settings, wanted, info)
}

// Of many accounts with one address, strangers may have made the pending ones: they crowd out no active one.
const canReset = sql`(users.status = 'active' or users.status = 'pending' and not exists (
  select 1 from users other where other.email = users.email and other.status = 'active'
  and other.password not like '!%'))`

interface PasswordReset {
  uid: string
  token: string
  password: string
  isCommon: CommonPasswordCheck
}

/**
 * Sets the password that a mailed link allows, once, and ends every session and key. The link proves the address, so a
 * pending account becomes active. Only a caller with its link learns what the account is like.
 * @returns which part of the link is wrong, or what is said of the password
 */
export async function resetPassword(
  db: Database,
  settings: Settings,
  { uid, token, password, isCommon }: PasswordReset,
  info: RequestInfo,
): Promise<'done' | 'uid' | 'token' | { weak: string[] }> {
  const link = { uid, token }
  const user = await findUserByLink(db, settings, 'reset', 'password_reset', link, info)
  if (typeof user === 'string') return user
  const weak = await passwordErrors(settings, password, user, isCommon)
  if (weak.length > 0) return { weak }

  const hash = await hashPassword(password, settings.argon2)
  const where = and(eq(users.id, user.id), passwordHashIs(hash))
  const [, changed] = await db.batch([
    updatePasswordHash(db, matchesLink(user), hash, activationColumns(info.now)),
    findUserWithHash(db, user.id, hash),
    ...(user.status === 'pending' ? afterActivation(db, settings, where, info) : []),
    ...afterPasswordReset(db, settings, user.id, hash, info),
  ])
  return changed.length > 0 ? 'done' : 'token'
}
