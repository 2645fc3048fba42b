// Changing a password. What a comparison allowed is written only where the hash is still the one that was
// compared.

import { and, eq, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { hashPassword, verifyPassword } from '../passwords/hashers.ts'
import { type User, users } from '../schema.ts'
import type { Occasion } from '../security-events.ts'
import { deleteOpaqueTokens } from '../sessions/authtoken.ts'
import { endSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { holderOfLink, requestMail } from './email-links.ts'
import {
  consequences,
  consequencesOfReset,
  findWithHash,
  hasHash,
  type IsCommon,
  setHash,
  weaknesses,
} from './password-update.ts'
import { consequencesOfActivation } from './registration.ts'
import { activates, asSigned, unchanged } from './users.ts'

/** Whether this is the user's password. */
export const isPasswordOf = (settings: Settings, user: User, password: string) =>
  verifyPassword(password, user.password, settings)

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
    findWithHash(db, user.id, hash),
    ...consequences(db, settings, user.id, hash, { detail: 'set' }, occasion),
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

/** Queues a reset mail for an account that has a password. A pending one is activated by its link. */
export const requestReset = (
  db: Database,
  settings: Settings,
  email: string,
  occasion: Occasion,
) => {
  const wanted = { kind: 'password_reset', scope: 'reset', state: mayReset, email } as const
  return requestMail(db, settings, wanted, occasion)
}

// Of many accounts with one address, strangers may have made the pending ones: they crowd out no active one.
const mayReset = sql`(users.status = 'active' or users.status = 'pending' and not exists (
  select 1 from users other where other.email = users.email and other.status = 'active'
  and other.password not like '!%'))`

interface Reset {
  uid: string
  token: string
  password: string
  isCommon: IsCommon
}

/**
 * Sets the password that a mailed link allows, once, and ends every session and key. The link proves the address, so a
 * pending account becomes active. Only a caller with its link learns what the account is like.
 * @returns which part of the link is wrong, or what is said of the password
 */
export async function resetPassword(
  db: Database,
  settings: Settings,
  { uid, token, password, isCommon }: Reset,
  occasion: Occasion,
): Promise<'done' | 'uid' | 'token' | { weak: string[] }> {
  const link = { uid, token }
  const user = await holderOfLink(db, settings, 'reset', 'password_reset', link, occasion)
  if (typeof user === 'string') return user
  const weak = await weaknesses(settings, password, user, isCommon)
  if (weak.length > 0) return { weak }

  const hash = await hashPassword(password, settings.argon2)
  const who = and(eq(users.id, user.id), hasHash(hash))
  const [, changed] = await db.batch([
    setHash(db, asSigned(user), hash, activates(occasion.now)),
    findWithHash(db, user.id, hash),
    ...(user.status === 'pending' ? consequencesOfActivation(db, settings, who, occasion) : []),
    ...consequencesOfReset(db, settings, user.id, hash, occasion),
  ])
  return changed.length > 0 ? 'done' : 'token'
}
