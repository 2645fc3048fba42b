// Changing the name that users log in with: an email address or a username, by LOGIN_FIELD. It is kept as
// typed, as Djoser does; sessions go on. With EMAIL_CHANGE_CONFIRMATION an address is proven first.

import { and, eq, ne, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type Database, isUniqueViolation } from '../db.ts'
import { emailKey, emailKeys } from '../mail/email-address.ts'
import { enqueue, supersede } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import { note, noted, type Occasion } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { noticeToOld, requestEmailChange } from './email-change.ts'
import { holderOfLink, requestMail } from './email-links.ts'
import { asSigned, type Columns, endsLinks, hasLogin, unchanged } from './users.ts'

/** Whether a name is not to be had: it is another's, or his own already. */
export async function isTakenFor(db: Database, settings: Settings, user: User, name: string) {
  if (isOwn(settings, user, name)) return true
  const others = and(hasLogin(settings, name), ne(users.id, user.id))
  return (await db.select({ id: users.id }).from(users).where(others)).length > 0
}

/**
 * Changes the name of who has shown his password, or asks for proof of the new address.
 * @returns `changed` when the account changed since the password was compared
 */
export async function changeName(
  db: Database,
  settings: Settings,
  user: User,
  wanted: Pick<Change, 'name' | 'also'>,
  occasion: Occasion,
): Promise<'done' | 'taken' | 'changed'> {
  const change = { ...wanted, who: unchanged(user), how: 'set' } as const
  const outcome = await make(db, settings, user, change, occasion)
  return outcome === 'nobody' ? 'changed' : outcome
}

/** Owes a mail with a link to choose another name to who is active and has a password. */
export const requestNameReset = (
  db: Database,
  settings: Settings,
  email: string,
  occasion: Occasion,
) => {
  const state = eq(users.status, 'active')
  const wanted = { kind: 'username_reset', scope: 'reset', state, email } as const
  return requestMail(db, settings, wanted, occasion)
}

/**
 * Changes the name that a mailed link allows to change, once. Whether the name is taken is said only to
 * who has the link.
 * @returns which part of the link is wrong, or that the name is taken
 */
export async function resetName(
  db: Database,
  settings: Settings,
  { uid, token, name }: { uid: string; token: string; name: string },
  occasion: Occasion,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  const link = { uid, token }
  const user = await holderOfLink(db, settings, 'reset', 'username_reset', link, occasion)
  if (typeof user === 'string') return user

  // The link proves the present address, and stays dead when the old name comes back.
  const set = { ...endsLinks, emailVerifiedAt: occasion.now }
  const wanted = { name, who: asSigned(user), how: 'reset', set } as const
  const outcome = await make(db, settings, user, wanted, occasion)
  return outcome === 'nobody' ? 'token' : outcome
}

/**
 * Changes the address to the one that was asked for and is proven by the link, once.
 * @returns which part of the link is wrong, or that the address was taken meanwhile
 */
export async function confirmEmailChange(
  db: Database,
  settings: Settings,
  link: { uid: string; token: string },
  occasion: Occasion,
): Promise<'done' | 'uid' | 'token' | 'taken'> {
  const user = await holderOfLink(db, settings, 'reset', 'email_change', link, occasion)
  if (typeof user === 'string') return user
  const { newEmail: name } = user
  if (name === null) return 'token'

  const who = and(asSigned(user), eq(users.newEmail, name))
  const change = { name, who, how: 'confirmed', set: endsLinks } as const
  const outcome = await write(db, settings, user, change, occasion)
  return outcome === 'nobody' ? 'token' : outcome
}

interface Change {
  name: string
  who: SQL | undefined
  how: 'set' | 'reset' | 'confirmed'
  /** Columns that are written with the name. */
  set?: Columns
  /** What else is written. */
  also?: BatchItem<'sqlite'>[]
}

type Outcome = 'done' | 'taken' | 'nobody'

async function make(
  db: Database,
  settings: Settings,
  user: User,
  wanted: Change,
  occasion: Occasion,
): Promise<Outcome> {
  const { name, who, set, also } = wanted
  if (isOwn(settings, user, name)) return 'taken'
  // Another spelling of a row that the unique index knows by its old key.
  const isSpelled = settings.loginField === 'email' && emailKeys(name).length > 1
  if (isSpelled && (await isTakenFor(db, settings, user, name))) return 'taken'
  const isProvenFirst = settings.emailChangeConfirmation && settings.loginField === 'email'
  if (!isProvenFirst) return write(db, settings, user, wanted, occasion)
  const asked = { email: name, who, also, set }
  const { isDone, isTaken } = await requestEmailChange(db, settings, user, asked, occasion.now)
  if (isDone) return 'done'
  return isTaken ? 'taken' : 'nobody'
}

async function write(
  db: Database,
  settings: Settings,
  user: User,
  { name, who, how, also = [], set }: Change,
  occasion: Occasion,
): Promise<Outcome> {
  const { now, request } = occasion
  // A link to a new address confirms that address, whatever users log in with.
  const field = how === 'confirmed' ? 'email' : settings.loginField
  const isEmail = field === 'email'
  const isLogin = field === settings.loginField
  const provenAt = how === 'confirmed' ? now : null
  const named = isEmail ? emailColumns(name, { isLogin, provenAt }) : { username: name }
  const own = eq(users.id, user.id)
  const update = db
    .update(users)
    .set({ ...set, ...named, ...(isLogin && endsTokensByName(settings)) })
    .where(who)
  const kind = isEmail ? 'email_changed' : 'username_changed'
  const justNamed = and(own, sql`changes() > 0`)
  try {
    const [, , done] = await db.batch([
      update,
      note(db, { kind, detail: how }, justNamed, occasion),
      noted(db, kind, occasion),
      ...(isLogin && settings.usernameChangedEmailConfirmation
        ? [enqueue(db, 'username_changed_confirmation', justNamed, now, { request })]
        : []),
      ...(isEmail ? noticeToOld(db, settings, user, name, occasion) : []),
      supersede(db, user.id, sql`users.${sql.identifier(field)} = ${name}`),
      ...also,
    ])
    return done.length > 0 ? 'done' : 'nobody'
  } catch (error) {
    if (isUniqueViolation(error, isEmail ? 'users.email_key' : 'users.username')) return 'taken'
    throw error
  }
}

const emailColumns = (
  email: string,
  { isLogin, provenAt }: { isLogin: boolean; provenAt: Date | null },
): Columns => ({
  email,
  newEmail: null,
  emailVerifiedAt: provenAt,
  ...(isLogin && { emailKey: emailKey(email) }),
})

/**
 * Django's tokens may name their user by this name alone, and the user who had it before keeps theirs: no token of
 * version 0 opens the account that has the name now.
 */
const endsTokensByName = ({ userIdField, drfJwt }: Settings) =>
  userIdField !== 'id' || drfJwt.enabled
    ? { tokenVersion: sql`max(${users.tokenVersion}, 1)` }
    : undefined

const isOwn = (settings: Settings, user: User, name: string) => name === user[settings.loginField]
