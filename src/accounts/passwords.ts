// Changing a password. What a comparison allowed is written only where the hash is still the one that was
// compared.

import type { Database } from '../db.ts'
import { hashPassword, verifyPassword } from '../passwords/hashers.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { decodeUid } from '../tokens/encoding.ts'
import { isLinkToken } from '../tokens/links.ts'
import { deleteOpaqueTokens } from '../tokens/opaque.ts'
import { endSessionsOf } from '../tokens/sessions.ts'
import type { Occasion } from './events.ts'
import {
  consequences,
  consequencesOfReset,
  findWithHash,
  hasHash,
  setHash,
} from './new-password.ts'
import { reachable, requestMail } from './requests.ts'
import { asSigned, findUser, unchanged } from './users.ts'

export { weaknesses } from './new-password.ts'

/** Whether this is the user's password. */
export const isPasswordOf = (settings: Settings, user: User, password: string) =>
  verifyPassword(password, user.password, settings)

/**
 * Sets another password, in the batch that ends what the old one opened: with
 * LOGOUT_ON_PASSWORD_CHANGE all sessions but this one, and the authtoken key.
 * @returns false when the account changed since the password was compared
 */
export async function changePassword(
  db: Database,
  settings: Settings,
  user: User,
  password: string,
  sessionId: string | undefined,
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
            ...(sessionId !== undefined && { keep: sessionId }),
            provided: hasHash(hash),
          }),
          deleteOpaqueTokens(db, user.id, hasHash(hash)),
        ]
      : []),
  ])
  return changed.length > 0
}

/** Owes a reset mail to who is active and has a password. */
export const requestReset = (db: Database, settings: Settings, email: string, now: Date) =>
  requestMail(db, settings, 'password_reset', reachable(settings, email, 'active'), now)

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
  const id = decodeUid(uid)
  const user = id === undefined ? undefined : await findUser(db, id)
  if (!user) return 'uid'
  if (!(await isLinkToken(settings, 'password_reset', user, token, occasion.now))) return 'token'

  const hash = await hashPassword(password, settings.argon2)
  const [, changed] = await db.batch([
    setHash(db, asSigned(user), hash),
    findWithHash(db, user.id, hash),
    ...consequencesOfReset(db, settings, user.id, hash, occasion),
  ])
  return changed.length > 0 ? 'done' : 'token'
}
