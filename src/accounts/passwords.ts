// Judging a password, and changing it. What a comparison allowed is written only where the hash is still
// the one that was compared.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { enqueue, supersede } from '../mail/outbox.ts'
import { hashPassword, verifyPassword } from '../passwords/hashers.ts'
import { validatePassword } from '../passwords/rules.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { deleteOpaqueTokens } from '../tokens/opaque.ts'
import { endSessionsOf } from '../tokens/sessions.ts'
import { note, type Occasion } from './events.ts'
import { holderOfLink, requestMail } from './requests.ts'
import { asSigned, unchanged } from './users.ts'

type IsCommon = (password: string) => Promise<boolean>

/** Whether this is the user's password. */
export const isPasswordOf = (settings: Settings, user: User, password: string) =>
  verifyPassword(password, user.password, settings)

/** What Django's validators say of a password for this person, in his model's words. */
export function weaknesses(
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
  return validatePassword(password, attributes, isCommon)
}

interface Wanted {
  password: string
  /** A session. */
  keep: string | undefined
  /** What else is written. */
  also: BatchItem<'sqlite'>[]
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
  { password, keep, also }: Wanted,
  occasion: Occasion,
): Promise<boolean> {
  const { now } = occasion
  const hash = await hashPassword(password, settings.argon2)
  const [, changed] = await db.batch([
    setHash(db, unchanged(user), hash),
    findWithHash(db, user, hash),
    ...consequences(db, settings, user, hash, 'set', occasion),
    ...(settings.logoutOnPasswordChange
      ? [
          endSessionsOf(db, user.id, 'password_changed', now, {
            ...(keep !== undefined && { keep }),
            provided: hasHash(hash),
          }),
          deleteOpaqueTokens(db, user.id, hasHash(hash)),
        ]
      : []),
    ...also,
  ])
  return changed.length > 0
}

/** Owes a reset mail to who is active and has a password. */
export const requestReset = (
  db: Database,
  settings: Settings,
  email: string,
  occasion: Occasion,
) => {
  const wanted = { kind: 'password_reset', scope: 'reset', status: 'active', email } as const
  return requestMail(db, settings, wanted, occasion)
}

/**
 * Sets the password that a mailed link allows, once, and ends every session and key.
 * @returns which part of the link is wrong
 */
export async function resetPassword(
  db: Database,
  settings: Settings,
  { uid, token, password }: { uid: string; token: string; password: string },
  occasion: Occasion,
): Promise<'done' | 'uid' | 'token'> {
  const { now } = occasion
  const link = { uid, token }
  const user = await holderOfLink(db, settings, 'reset', 'password_reset', link, occasion)
  if (typeof user === 'string') return user

  const hash = await hashPassword(password, settings.argon2)
  const [, changed] = await db.batch([
    setHash(db, asSigned(user), hash),
    findWithHash(db, user, hash),
    ...consequences(db, settings, user, hash, 'reset', occasion),
    endSessionsOf(db, user.id, 'password_reset', now, { provided: hasHash(hash) }),
    deleteOpaqueTokens(db, user.id, hasHash(hash)),
  ])
  return changed.length > 0 ? 'done' : 'token'
}

const setHash = (db: Database, who: SQL | undefined, hash: string) =>
  db
    .update(users)
    .set({ password: hash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(who)

const findWithHash = (db: Database, user: User, hash: string) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, user.id), hasHash(hash)))

// A hash has a random salt: where it stands, this very request has written it.
const hasHash = (hash: string) => sql`users.password = ${hash}`

function consequences(
  db: Database,
  { passwordChangedEmailConfirmation, securityEmails }: Settings,
  user: User,
  hash: string,
  how: 'set' | 'reset',
  occasion: Occasion,
) {
  const who = and(eq(users.id, user.id), hasHash(hash))
  const isTold = passwordChangedEmailConfirmation || securityEmails.includes('password_changed')
  return [
    supersede(db, user.id, hasHash(hash)),
    note(db, { kind: 'password_changed', detail: how }, who, occasion),
    ...(isTold ? [enqueue(db, 'password_changed_confirmation', who, occasion.now)] : []),
  ]
}
