// The accounts themselves. A write that follows a comparison is conditional on what was compared being
// still so: with a password `unchanged`, with a link `asSigned`.

import { and, eq, inArray, ne, notLike, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import { type Database, isForeignKeyViolation } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { noticeToOld } from './email-change.ts'
import { emailKey, emailKeys } from './emails.ts'
import { note, type Occasion } from './events.ts'
import type { ProfileName } from './profile.ts'
import { isDuplicate } from './unique.ts'

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
  const isSame = sql`exists (select 1 from users caller where caller.id = ${caller.id}
    and caller.password = ${caller.password} and caller.status = 'active')`
  const [, left] = await db.batch([
    db.delete(users).where(and(own, isSame)),
    db.select({ id: users.id }).from(users).where(own),
    ...also,
  ])
  return left.length === 0
}

/**
 * Writes the fields a person may edit. With SEND_ACTIVATION_EMAIL another address must be proven: the
 * account waits for the mail that goes there, and older links die. `dangling`: a field refers to what is
 * not there. `duplicate`: another user has the value of a unique field.
 * @param staffs the fields among the changes that only staff may write, for the event
 */
export async function updateUser(
  db: Database,
  settings: Settings,
  user: User,
  changes: Partial<Pick<User, ProfileName | 'email'>>,
  caller: Actor,
  occasion: Occasion,
  staffs: string[] = [],
): Promise<User | 'dangling' | 'duplicate' | undefined> {
  if (Object.keys(changes).length === 0) return user
  const { email } = changes
  const own = eq(users.id, user.id)
  const isOther = email !== undefined && email !== user.email
  const mustProve = settings.sendActivationEmail && email ? { status: statusAfter(email) } : {}
  const update = db
    .update(users)
    .set({ ...changes, ...mustProve, ...(isOther && { emailVerifiedAt: null }) })
    .where(own)
    .returning()
  const pending = and(own, eq(users.status, 'pending'))
  const mostADay = settings.mailDailyLimit
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const edited = { kind: 'email_changed', detail: 'edited', ...by } as const
  const shut = { kind: 'status_changed', detail: 'pending', ...by } as const
  const byStaff = { kind: 'account_edited', detail: staffs.join(','), ...by } as const
  try {
    const [[updated]] = await db.batch([
      update,
      ...(isOther
        ? [note(db, edited, own, occasion), ...noticeToOld(db, settings, user, email, occasion)]
        : []),
      ...(isOther && user.status === 'active' ? [note(db, shut, pending, occasion)] : []),
      ...(staffs.length > 0 ? [note(db, byStaff, own, occasion)] : []),
      ...(settings.sendActivationEmail
        ? [enqueue(db, 'activation', pending, occasion.now, { mostADay })]
        : []),
    ])
    return updated
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): 'dangling' | 'duplicate' {
  if (isForeignKeyViolation(error)) return 'dangling'
  if (isDuplicate(error)) return 'duplicate'
  throw error
}

/** SQL: whose address changes must show that it is his; who was disabled stays so. */
const statusAfter = (email: string) =>
  sql<User['status']>`case when ${users.status} = 'active' and ${users.email} is not ${email}
    then 'pending' else ${users.status} end`
