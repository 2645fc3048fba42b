// The checks and writes of every change of a password. This file imports no hasher: the command line uses it, and Node
// cannot import their WebAssembly.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { cancelPendingLinks, enqueueNotice } from '../mail/outbox.ts'
import { validatePassword, validateUnleaked } from '../passwords/validators.ts'
import type { RequestInfo } from '../request-info.ts'
import { users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { revokeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { resetThrottles } from '../throttling/backoff.ts'
import type { UserColumns } from './users.ts'

export type CommonPasswordCheck = (password: string) => Promise<boolean>

/**
 * The errors of Django's validators, with the field names of the user model; if there are none, that of PWNED_PASSWORDS.
 * @param person the user's fields, by name, which the password must not resemble
 */
export async function passwordErrors(
  settings: Settings,
  password: string,
  person: Readonly<Record<string, unknown>>,
  isCommon: CommonPasswordCheck,
): Promise<string[]> {
  const attributes = [
    { label: 'username', value: person.username },
    { label: 'first name', value: person.first_name },
    { label: 'last name', value: person.last_name },
    { label: settings.loginField === 'email' ? 'email' : 'email address', value: person.email },
  ].flatMap(({ label, value }) => (typeof value === 'string' && value ? [{ label, value }] : []))
  const errors = await validatePassword(password, attributes, isCommon)
  return errors.length > 0 ? errors : validateUnleaked(password, settings.pwnedPasswords)
}

/** Sets the hash of the matching users. A new token version makes their earlier tokens invalid. */
export const updatePasswordHash = (
  db: Database,
  where: SQL | undefined,
  hash: string,
  columns: UserColumns = {},
) =>
  db
    .update(users)
    .set({ ...columns, password: hash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(where)

/** A row if the user has this hash. */
export const findUserWithHash = (db: Database, userId: number, hash: string) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), passwordHashIs(hash)))

/** A condition on `users`. A hash has a random salt, so if a row has it, this very request has written it. */
export const passwordHashIs = (hash: string) => sql`users.password = ${hash}`

interface NewPassword {
  userId: number
  hash: string
  /** The user that set it, if not the owner; 0 for an operator. */
  actorId?: number | undefined
}

/** The writes after a new password: they cancel pending links, record the change, and queue an email about it. */
export function afterPasswordChange(
  db: Database,
  { passwordChangedEmailConfirmation, securityEmails }: Settings,
  { userId, hash, ...how }: NewPassword & { detail: 'set' | 'reset' },
  info: RequestInfo,
) {
  const where = and(eq(users.id, userId), passwordHashIs(hash))
  const { now, requestId } = info
  const isMailed = passwordChangedEmailConfirmation || securityEmails.includes('password_changed')
  return [
    cancelPendingLinks(db, userId, passwordHashIs(hash)),
    recordEvent(db, { type: 'password_changed', ...how }, where, info),
    ...(isMailed
      ? [enqueueNotice(db, 'password_changed_confirmation', where, now, { requestId })]
      : []),
  ]
}

/**
 * The writes after a password that was set without the old one. They also revoke every session and authtoken key, and reset
 * the login attempts.
 */
export const afterPasswordReset = (
  db: Database,
  settings: Settings,
  password: NewPassword,
  info: RequestInfo,
) => {
  const { userId, hash } = password
  const provided = passwordHashIs(hash)
  return [
    ...afterPasswordChange(db, settings, { ...password, detail: 'reset' }, info),
    revokeSessionsOf(db, userId, 'password_reset', info.now, { provided }),
    deleteAuthtokens(db, userId, provided),
    resetThrottles(db, userId, provided),
  ]
}
