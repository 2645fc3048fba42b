// The accounts themselves. A write that follows a comparison is conditional on what was compared being
// still so: with a password `unchanged`, with a link `asSigned`.

import { and, eq, inArray, ne, notLike, sql } from 'drizzle-orm'
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { emailKey, emailKeys } from '../mail/email-address.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'

/** As Django's UserManager.normalize_username. */
export const normalizeUsername = (username: string) => username.normalize('NFKC')

/** SQL: the one account with this log-in name, which is an e-mail address or a username. */
export const loginIs = (settings: Settings, login: string) =>
  settings.loginField === 'email' ? emailKeyIs(login) : usernameIs(login)

/** By what a log-in name is counted, had by somebody or not: as `hasLogin` compares it. */
export const loginKey = ({ loginField }: Settings, login: string) =>
  loginField === 'email' ? emailKey(login) : normalizeUsername(login)

/** SQL: the accounts with this address; where people log in by username it need not be unique. */
export const emailIs = (settings: Settings, email: string) =>
  settings.loginField === 'email' ? emailKeyIs(email) : eq(users.email, email)

const emailKeyIs = (email: string) => inArray(users.emailKey, emailKeys(email))

/** A name as it was typed, which an import may have brought, goes before its normal form. */
function usernameIs(name: string) {
  const normal = normalizeUsername(name)
  if (normal === name) return eq(users.username, name)
  return sql`${users.username} = coalesce(
    (select named.username from users named where named.username = ${name}), ${normal})`
}

/** SQL: the account is still active, and its password the one that was compared. */
export const passwordUnchanged = (user: User) =>
  and(eq(users.id, user.id), eq(users.password, user.password), eq(users.status, 'active'))

/** SQL: all that a link was signed over is still so, and the account is not disabled. */
export const matchesLink = (user: User) =>
  and(
    eq(users.id, user.id),
    ne(users.status, 'disabled'),
    eq(users.password, user.password),
    eq(users.linkVersion, user.linkVersion),
    sql`${users.email} is ${user.email}`,
    sql`${users.username} is ${user.username}`,
  )

/** What a link writes that may leave hash, address and name as they were: all links made before it end. */
export const invalidatesLinks = { linkVersion: sql`${users.linkVersion} + 1` }

/** What a link writes that was mailed to the user's address, and so proves it: a pending account becomes active. */
export const activationColumns = (now: Date): UserColumns => ({
  status: 'active',
  emailVerifiedAt: now,
  pendingUntil: null,
})

/** Columns of a user as an update sets them. */
export type UserColumns = SQLiteUpdateSetSource<typeof users>

/** SQL: the account has a password at all (Django's `has_usable_password`). */
export const hasUsablePassword = notLike(users.password, '!%')

export async function findUser(db: Database, id: number): Promise<User | undefined> {
  const [user] = await db.select().from(users).where(eq(users.id, id))
  return user
}

/** Who acts on an account: a user, or for tools an operator, who is none and has the id 0. */
export type Caller = Pick<User, 'id' | 'isStaff' | 'isSuperuser'>

/** Whether one may write, delete or end the sessions of another: of a superuser only superusers may. */
export const canEdit = (caller: User, user: User) =>
  caller.id === user.id || (caller.isStaff && (caller.isSuperuser || !user.isSuperuser))
