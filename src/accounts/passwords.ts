// Proving a password, and changing it. What the comparison allowed is written only where the hash is
// still the one compared: a slow log-in with the old password must not outlive a reset.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { enqueue, supersede } from '../mail/outbox.ts'
import { hashPassword, needsRehash, verifyNothing, verifyPassword } from '../passwords/hashers.ts'
import { validatePassword } from '../passwords/rules.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { decodeUid } from '../tokens/encoding.ts'
import { isLinkToken } from '../tokens/links.ts'
import {
  type Device,
  endSessionsOf,
  insertSession,
  newSession,
  type TokenPair,
  tokenPair,
} from '../tokens/sessions.ts'
import { slidingToken } from '../tokens/sliding.ts'
import { asSigned, findByLogin, findUser, hasEmail, unchanged, usable } from './users.ts'

type IsCommon = (password: string) => Promise<boolean>

/** What someone logs in with. */
export interface Credentials {
  login: string
  password: string
}

/**
 * Starts a session for whom log-in name and password name, re-hashing an old hash on the way. As much
 * work for nobody as for a wrong password, but for hashes that were imported and not replaced yet.
 */
export async function logIn(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  device: Device,
  now: Date,
): Promise<TokenPair | undefined> {
  // A log-in at the same moment may have replaced the hash that was compared: then it is compared anew.
  for (const _ of ['first', 'second']) {
    const user = await authenticate(db, settings, credentials)
    if (!user) return undefined
    const tokens = await startSession(db, settings, user, credentials.password, device, now)
    if (tokens) return tokens
  }
  return undefined
}

/** The same for a sliding token, which has no session: it ends with the version that it was made for. */
export async function logInSliding(
  db: Database,
  settings: Settings,
  credentials: Credentials,
  now: Date,
): Promise<string | undefined> {
  for (const _ of ['first', 'second']) {
    const user = await authenticate(db, settings, credentials)
    if (!user) return undefined
    const changes = await changesAtLogIn(settings, user, credentials.password, now)
    const stands =
      Object.keys(changes).length === 0 ||
      (await db.update(users).set(changes).where(unchanged(user)).returning({ id: users.id }))
        .length > 0
    if (stands) return slidingToken(settings, user, now)
  }
  return undefined
}

async function authenticate(
  db: Database,
  settings: Settings,
  { login, password }: Credentials,
): Promise<User | undefined> {
  const user = await findByLogin(db, settings, login)
  const matches = user
    ? await verifyPassword(password, user.password, settings.argon2)
    : await verifyNothing(password, settings.argon2)
  return matches && user?.status === 'active' ? user : undefined
}

async function startSession(
  db: Database,
  settings: Settings,
  user: User,
  password: string,
  device: Device,
  now: Date,
): Promise<TokenPair | undefined> {
  const session = newSession(settings, user, now)
  const compared = unchanged(user)
  const changes = await changesAtLogIn(settings, user, password, now)
  const [started] = await db.batch([
    insertSession(db, session, device, compared),
    ...(Object.keys(changes).length > 0 ? [db.update(users).set(changes).where(compared)] : []),
  ])
  return started.length > 0 ? tokenPair(settings, session) : undefined
}

async function changesAtLogIn(settings: Settings, user: User, password: string, now: Date) {
  const lastLogin = settings.updateLastLogin ? { lastLogin: now } : {}
  const rehashed = needsRehash(user.password, settings.argon2)
    ? { password: await hashPassword(password, settings.argon2) }
    : {}
  return { ...lastLogin, ...rehashed }
}

/** Whether this is the user's password. */
export const isPasswordOf = (settings: Settings, user: User, password: string) =>
  verifyPassword(password, user.password, settings.argon2)

/** What Django's validators say of a password for this person, in his model's words. */
export function weaknesses(
  settings: Settings,
  password: string,
  person: Partial<Pick<User, 'username' | 'first_name' | 'last_name' | 'email'>>,
  isCommon: IsCommon,
): Promise<string[]> {
  const attributes = [
    { label: 'username', value: person.username },
    { label: 'first name', value: person.first_name },
    { label: 'last name', value: person.last_name },
    { label: settings.loginField === 'email' ? 'email' : 'email address', value: person.email },
  ].flatMap(({ label, value }) => (value ? [{ label, value }] : []))
  return validatePassword(password, attributes, isCommon)
}

/**
 * Sets another password, in the batch that ends what the old one opened: with
 * LOGOUT_ON_PASSWORD_CHANGE all sessions but this one.
 * @returns false when the account changed since the password was compared
 */
export async function changePassword(
  db: Database,
  settings: Settings,
  user: User,
  password: string,
  sessionId: string | undefined,
  now: Date,
): Promise<boolean> {
  const hash = await hashPassword(password, settings.argon2)
  const [changed] = await db.batch([
    setHash(db, unchanged(user), hash),
    ...consequences(db, settings, user, hash, now),
    ...(settings.logoutOnPasswordChange
      ? [
          endSessionsOf(db, user.id, 'password_changed', now, {
            ...(sessionId !== undefined && { keep: sessionId }),
            provided: hasHash(hash),
          }),
        ]
      : []),
  ])
  return changed.length > 0
}

/** Owes a reset mail to who is active and has a password; of one shape for known and unknown. */
export const requestReset = (db: Database, settings: Settings, email: string, now: Date) =>
  enqueue(
    db,
    'password_reset',
    and(hasEmail(settings, email), eq(users.status, 'active'), usable),
    now,
    { notWithin: settings.mailInterval },
  )

/**
 * Sets the password that a mailed link allows, once, and ends every session.
 * @returns which part of the link is wrong
 */
export async function resetPassword(
  db: Database,
  settings: Settings,
  { uid, token, password }: { uid: string; token: string; password: string },
  now: Date,
): Promise<'done' | 'uid' | 'token'> {
  const id = decodeUid(uid)
  const user = id === undefined ? undefined : await findUser(db, id)
  if (!user) return 'uid'
  if (!(await isLinkToken(settings, 'password_reset', user, token, now))) return 'token'

  const hash = await hashPassword(password, settings.argon2)
  const [changed] = await db.batch([
    setHash(db, asSigned(user), hash),
    ...consequences(db, settings, user, hash, now),
    endSessionsOf(db, user.id, 'password_reset', now, { provided: hasHash(hash) }),
  ])
  return changed.length > 0 ? 'done' : 'token'
}

const setHash = (db: Database, who: SQL | undefined, hash: string) =>
  db
    .update(users)
    .set({ password: hash, tokenVersion: sql`${users.tokenVersion} + 1` })
    .where(who)
    .returning({ id: users.id })

// A hash has a random salt: where it stands, this very request has written it.
const hasHash = (hash: string) => sql`users.password = ${hash}`

const consequences = (db: Database, settings: Settings, user: User, hash: string, now: Date) => [
  supersede(db, user.id, hasHash(hash)),
  ...(settings.passwordChangedEmailConfirmation
    ? [enqueue(db, 'password_changed_confirmation', and(eq(users.id, user.id), hasHash(hash)), now)]
    : []),
]
