// What is asked of a new password, and what is written with it; without the hashers, whose WebAssembly tools
// cannot import.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { enqueue, supersede } from '../mail/outbox.ts'
import { validatePassword, validateUnleaked } from '../passwords/validators.ts'
import { users } from '../schema.ts'
import { note, type Occasion } from '../security-events.ts'
import { deleteOpaqueTokens } from '../sessions/authtoken.ts'
import { endSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { forgive } from '../throttling/backoff.ts'
import type { Columns } from './users.ts'

export type IsCommon = (password: string) => Promise<boolean>

/** What Django's validators say of a password for this person, in his model's words; then PWNED_PASSWORDS. */
export async function weaknesses(
  settings: Settings,
  password: string,
  person: Readonly<Record<string, unknown>>,
  isCommon: IsCommon,
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

export const setHash = (db: Database, who: SQL | undefined, hash: string, also: Columns = {}) =>
  db
    .update(users)
    .set({ ...also, password: hash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(who)

export const findWithHash = (db: Database, userId: number, hash: string) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), hasHash(hash)))

// A hash has a random salt: where it stands, this very request has written it.
export const hasHash = (hash: string) => sql`users.password = ${hash}`

/** What goes with it: links that wait die, it is noted, and told by mail. */
export function consequences(
  db: Database,
  { passwordChangedEmailConfirmation, securityEmails }: Settings,
  userId: number,
  hash: string,
  how: { detail: 'set' | 'reset'; actorId?: number | undefined },
  occasion: Occasion,
) {
  const who = and(eq(users.id, userId), hasHash(hash))
  const { now, request } = occasion
  const isTold = passwordChangedEmailConfirmation || securityEmails.includes('password_changed')
  return [
    supersede(db, userId, hasHash(hash)),
    note(db, { kind: 'password_changed', ...how }, who, occasion),
    ...(isTold ? [enqueue(db, 'password_changed_confirmation', who, now, { request })] : []),
  ]
}

/** And of one that was set without the old one: every session and key ends, and guesses count anew. */
export const consequencesOfReset = (
  db: Database,
  settings: Settings,
  userId: number,
  hash: string,
  occasion: Occasion,
  actorId?: number,
) => [
  ...consequences(db, settings, userId, hash, { detail: 'reset', actorId }, occasion),
  endSessionsOf(db, userId, 'password_reset', occasion.now, { provided: hasHash(hash) }),
  deleteOpaqueTokens(db, userId, hasHash(hash)),
  forgive(db, userId, hasHash(hash)),
]
