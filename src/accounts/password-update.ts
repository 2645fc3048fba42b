// What is asked of a new password, and what is written with it; without the hashers, whose WebAssembly tools
// cannot import.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { cancelPendingLinks, enqueue } from '../mail/outbox.ts'
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

/** What Django's validators say of a password for this person, in his model's words; then PWNED_PASSWORDS. */
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
  const weak = await validatePassword(password, attributes, isCommon)
  return weak.length > 0 ? weak : validateUnleaked(password, settings.pwnedPasswords)
}

export const updatePasswordHash = (
  db: Database,
  where: SQL | undefined,
  hash: string,
  extraWrites: UserColumns = {},
) =>
  db
    .update(users)
    .set({ ...extraWrites, password: hash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(where)

export const findUserWithHash = (db: Database, userId: number, hash: string) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), passwordHashIs(hash)))

// A hash has a random salt: where it stands, this very request has written it.
export const passwordHashIs = (hash: string) => sql`users.password = ${hash}`

/** What goes with it: links that wait die, it is noted, and told by mail. */
export function afterPasswordChange(
  db: Database,
  { passwordChangedEmailConfirmation, securityEmails }: Settings,
  userId: number,
  hash: string,
  how: { detail: 'set' | 'reset'; actorId?: number | undefined },
  info: RequestInfo,
) {
  const where = and(eq(users.id, userId), passwordHashIs(hash))
  const { now, requestId } = info
  const isTold = passwordChangedEmailConfirmation || securityEmails.includes('password_changed')
  return [
    cancelPendingLinks(db, userId, passwordHashIs(hash)),
    recordEvent(db, { type: 'password_changed', ...how }, where, info),
    ...(isTold ? [enqueue(db, 'password_changed_confirmation', where, now, { requestId })] : []),
  ]
}

/** And of one that was set without the old one: every session and key ends, and guesses count anew. */
export const afterPasswordReset = (
  db: Database,
  settings: Settings,
  userId: number,
  hash: string,
  info: RequestInfo,
  actorId?: number,
) => [
  ...afterPasswordChange(db, settings, userId, hash, { detail: 'reset', actorId }, info),
  revokeSessionsOf(db, userId, 'password_reset', info.now, { provided: passwordHashIs(hash) }),
  deleteAuthtokens(db, userId, passwordHashIs(hash)),
  resetThrottles(db, userId, passwordHashIs(hash)),
]
