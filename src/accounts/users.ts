// The accounts themselves. A write that follows a comparison is conditional on what was compared being
// still so: with a password `unchanged`, with a link `asSigned`.

import { and, eq, inArray, ne, notLike, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import { type Database, isForeignKeyViolation } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import { note, type Occasion } from '../security-events.ts'
import type { Settings } from '../settings.ts'
import type { ProfileName } from '../user-model.ts'
import { noticeToOld, requestEmailChange } from './email-change.ts'
import { emailKey, emailKeys } from './emails.ts'
import { isDuplicate } from './unique-fields.ts'

/** As Django's UserManager.normalize_username. */
export const normalizeUsername = (username: string) => username.normalize('NFKC')

/** SQL: the one account with this log-in name, which is an e-mail address or a username. */
export const hasLogin = (settings: Settings, login: string) =>
  settings.loginField === 'email' ? byKey(login) : byUsername(login)

/** By what a log-in name is counted, had by somebody or not: as `hasLogin` compares it. */
export const loginKey = ({ loginField }: Settings, login: string) =>
  loginField === 'email' ? emailKey(login) : normalizeUsername(login)

/** SQL: the accounts with this address; where people log in by username it need not be unique. */
export const hasEmail = (settings: Settings, email: string) =>
  settings.loginField === 'email' ? byKey(email) : eq(users.email, email)

const byKey = (email: string) => inArray(users.emailKey, emailKeys(email))

/** A name as it was typed, which an import may have brought, goes before its normal form. */
function byUsername(name: string) {
  const normal = normalizeUsername(name)
  if (normal === name) return eq(users.username, name)
  return sql`${users.username} = coalesce(
    (select named.username from users named where named.username = ${name}), ${normal})`
}

/** SQL: the account is still active, and its password the one that was compared. */
export const unchanged = (user: User) =>
  and(eq(users.id, user.id), eq(users.password, user.password), eq(users.status, 'active'))

/** SQL: all that a link was signed over is still so, and the account is not disabled. */
export const asSigned = (user: User) =>
  and(
    eq(users.id, user.id),
    ne(users.status, 'disabled'),
    eq(users.password, user.password),
    eq(users.linkVersion, user.linkVersion),
    sql`${users.email} is ${user.email}`,
    sql`${users.username} is ${user.username}`,
  )

/** What a link writes that may leave hash, address and name as they were: all links made before it end. */
export const endsLinks = { linkVersion: sql`${users.linkVersion} + 1` }

/** What a link writes that was mailed to the user's address, and so proves it: a pending account becomes active. */
export const activates = (now: Date): Columns => ({
  status: 'active',
  emailVerifiedAt: now,
  pendingUntil: null,
})

/** Columns of a user as an update sets them. */
export type Columns = SQLiteUpdateSetSource<typeof users>

/** SQL: the account has a password at all (Django's `has_usable_password`). */
export const usable = notLike(users.password, '!%')

export async function findUser(db: Database, id: number): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.id, id))
  return user
}

/** Who acts on an account: a user, or for tools an operator, who is none and has the id 0. */
export type Actor = Pick<User, 'id' | 'isStaff' | 'isSuperuser'>

/** Whether one may write, delete or end the sessions of another: of a superuser only superusers may. */
export const mayWrite = (caller: User, user: User) =>
  caller.id === user.id || (caller.isStaff && (caller.isSuperuser || !user.isSuperuser))

/**
 * Deletes an account and all that hangs on it, if the caller's password is still the one compared.
 * @returns whether it is gone
 */
export async function deleteUser(
  db: Database,
  id: number,
  caller: User,
  also: BatchItem<'sqlite'>[],
): Promise<boolean> {
  const own = eq(users.id, id)
  const [, left] = await db.batch([
    db.delete(users).where(and(own, isSame(caller))),
    db.select({ id: users.id }).from(users).where(own),
    ...also,
  ])
  return left.length === 0
}

/** SQL: the caller is still active, and the password the one that was compared. */
const isSame = (caller: User) =>
  sql`exists (select 1 from users caller where caller.id = ${caller.id}
    and caller.password = ${caller.password} and caller.status = 'active')`

type Changes = Partial<Pick<User, ProfileName | 'email'>>

interface Edit {
  changes: Changes
  caller: User
  /** The fields among the changes that only staff may write, for the event. */
  staffs: string[]
  /** What else is written. */
  also: BatchItem<'sqlite'>[]
}

export const hasOtherEmail = ({ email }: User, changes: Changes) =>
  changes.email !== undefined && changes.email !== (email ?? '')

/**
 * Writes the fields that a caller may edit. With EMAIL_CHANGE_CONFIRMATION the caller's password was compared before
 * another address, and an active user's address changes once it is proven.
 * @returns `dangling` if a field refers to a row that does not exist; `changed` if the caller or the user is no longer
 * what was compared; `duplicate` if another user has the value of a unique field
 */
export async function updateUser(
  db: Database,
  settings: Settings,
  user: User,
  edit: Edit,
  occasion: Occasion,
): Promise<User | 'dangling' | 'duplicate' | 'changed' | undefined> {
  if (Object.keys(edit.changes).length === 0) return user
  const isGuarded = settings.emailChangeConfirmation && hasOtherEmail(user, edit.changes)
  const isAsked = isGuarded && edit.changes.email && user.status === 'active'
  const change = isAsked ? askForEmail : writeAtOnce
  try {
    const updated = await change(db, settings, user, edit, occasion)
    return updated ?? (isGuarded ? 'changed' : undefined)
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): 'dangling' | 'duplicate' {
  if (isForeignKeyViolation(error)) return 'dangling'
  if (isDuplicate(error)) return 'duplicate'
  throw error
}

/** Writes the other fields, and asks the new address for its proof. */
async function askForEmail(
  db: Database,
  settings: Settings,
  user: User,
  edit: Edit,
  occasion: Occasion,
): Promise<User | undefined> {
  const { email: wanted, ...set } = edit.changes
  const email = wanted ?? ''
  const own = eq(users.id, user.id)
  const who = and(own, eq(users.status, 'active'), isSame(edit.caller))
  const isWritten = and(own, eq(users.newEmail, email))
  const also = [...edit.also, ...eventOfStaff(db, user, edit, isWritten, occasion)]
  const asked = { email, who, set, also }
  return (await requestEmailChange(db, settings, user, asked, occasion.now)).user
}

/** What only staff may write is recorded, for the owner to see. */
function eventOfStaff(
  db: Database,
  user: User,
  { caller, staffs }: Edit,
  who: SQL | undefined,
  occasion: Occasion,
) {
  const kind = 'account_edited'
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const detail = staffs.join(',')
  return staffs.length > 0 ? [note(db, { kind, detail, ...by }, who, occasion)] : []
}

/**
 * Writes the fields at once. With SEND_ACTIVATION_EMAIL another address must be proven: the account waits for the mail
 * that goes there, and older links end.
 */
async function writeAtOnce(
  db: Database,
  settings: Settings,
  user: User,
  edit: Edit,
  occasion: Occasion,
): Promise<User | undefined> {
  const { changes, caller, also } = edit
  const { email } = changes
  const own = eq(users.id, user.id)
  const isOther = hasOtherEmail(user, changes)
  const isGuarded = settings.emailChangeConfirmation && isOther
  const mustProve = settings.sendActivationEmail && email ? statusAfter(email) : {}
  const update = db
    .update(users)
    .set({ ...changes, ...mustProve, ...(isOther && { emailVerifiedAt: null }) })
    .where(isGuarded ? and(own, eq(users.status, user.status), isSame(caller)) : own)
    .returning()
  const pending = and(own, eq(users.status, 'pending'))
  const mostADay = settings.mailDailyLimit
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const edited = { kind: 'email_changed', detail: 'edited', ...by } as const
  const waits = { kind: 'status_changed', detail: 'pending', ...by } as const
  const isChanged = isOther ? and(own, sql`${users.email} is ${email}`) : undefined
  const [[updated]] = await db.batch([
    update,
    ...(isOther
      ? [
          note(db, edited, isChanged, occasion),
          ...noticeToOld(db, settings, user, email ?? null, occasion),
        ]
      : []),
    ...(isOther && user.status === 'active' ? [note(db, waits, pending, occasion)] : []),
    ...eventOfStaff(db, user, edit, own, occasion),
    ...(settings.sendActivationEmail
      ? [enqueue(db, 'activation', pending, occasion.now, { mostADay })]
      : []),
    ...also,
  ])
  return updated
}

/** SQL: an active user whose address changes waits for its proof; a disabled one does once staff enable the account. */
const statusAfter = (email: string): Columns => {
  const isOther = sql`${users.email} is not ${email}`
  return {
    status: sql`case when ${users.status} = 'active' and ${isOther} then 'pending' else ${users.status} end`,
    disabledFrom: sql`case when ${users.status} = 'disabled' and ${isOther} then 'pending'
      else ${users.disabledFrom} end`,
  }
}
