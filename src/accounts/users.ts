// Conditions on `users`, and columns that several writes share. A write that follows a comparison is conditional on
// what was compared: on `passwordUnchanged` after a password, on `matchesLink` after a link.

import { and, eq, inArray, ne, notLike, type SQL, sql } from 'drizzle-orm'
import type { SQLiteUpdateSetSource } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { emailKey, emailKeys } from '../mail/email-address.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Statement } from '../statements.ts'
import { userJson } from '../user-json.ts'

/** As Django's UserManager.normalize_username. */
export const normalizeUsername = (username: string) => username.normalize('NFKC')

/** A condition on `users`: the one account with this login, which is an email address or a username. */
export const loginIs = (settings: Settings, login: string) =>
  settings.loginField === 'email' ? emailKeyIs(login) : usernameIs(login)

/** The normalized login, as `loginIs` compares it. Attempts are counted by it, whether or not the account exists. */
export const loginKey = ({ loginField }: Settings, login: string) =>
  loginField === 'email' ? emailKey(login) : normalizeUsername(login)

/**
 * A condition on `users`: the accounts with this address. Several may share one if users log in by username.
 */
export const emailIs = (settings: Settings, email: string) =>
  settings.loginField === 'email' ? emailKeyIs(email) : eq(users.email, email)

const emailKeyIs = (email: string) => inArray(users.emailKey, emailKeys(email))

/** An import may have brought a username that is not normalized. The name as typed comes before its normal form. */
function usernameIs(name: string) {
  const normal = normalizeUsername(name)
  if (normal === name) return eq(users.username, name)
  return sql`${users.username} = coalesce(
    (select named.username from users named where named.username = ${name}), ${normal})`
}

/** What a write depends on that follows a comparison with the current password. */
export interface ComparedPassword {
  /** Statements before the write. */
  before: Statement[]
  /** A condition on `users`: the account is still as it was compared. */
  isUnchanged: SQL | undefined
  /** Statements after the write. */
  after: Statement[]
}

/** A condition on `users`: the account is still active, and its password is the one that was compared. */
export const passwordUnchanged = (user: Pick<User, 'id' | 'password'>) =>
  and(eq(users.id, user.id), eq(users.password, user.password), eq(users.status, 'active'))

/** SQL: the whole row of a user as one text, which `userFromJson` reads. */
export const userText = () => sql<string>`${userJson()}`.as('text')

/** A condition on `users`: the whole row is as it was. @param text of `userText` */
export const rowIs = (text: string | SQL) => sql`${userJson()} = ${text}`

/** A condition on `users`: everything that the link signs is unchanged, and the account is not disabled. */
export const matchesLink = (user: User) =>
  and(
    eq(users.id, user.id),
    ne(users.status, 'disabled'),
    eq(users.password, user.password),
    eq(users.linkVersion, user.linkVersion),
    sql`${users.email} is ${user.email}`,
    sql`${users.username} is ${user.username}`,
  )

/** Invalidates every earlier link, for a write that may leave password hash, address and username as they were. */
export const invalidatesLinks = { linkVersion: sql`${users.linkVersion} + 1` }

/** For a link that was mailed to the user's address: it proves the address, and a pending account becomes active. */
export const activationColumns = (now: Date): UserColumns => ({
  status: 'active',
  emailVerifiedAt: now,
  pendingUntil: null,
})

/** Columns of a user as an update sets them. */
export type UserColumns = SQLiteUpdateSetSource<typeof users>

/** A condition on `users`: the account has a password at all (Django's `has_usable_password`). */
export const hasUsablePassword = notLike(users.password, '!%')

export const userById = (db: Database, id: number | SQL<number>) =>
  db.select().from(users).where(eq(users.id, id))

export async function findUser(db: Database, id: number | SQL<number>): Promise<User | undefined> {
  const [user] = await userById(db, id)
  return user
}

/** The user that acts on an account. On the command line it is an operator: no user, with the id 0. */
export type Caller = Pick<User, 'id' | 'isStaff' | 'isSuperuser'>

/**
 * Whether the caller may edit or delete a user, or revoke the user's sessions. Staff may, but only a superuser may for
 * another superuser.
 */
export const canEdit = (caller: Caller, user: User) =>
  caller.id === user.id || (caller.isStaff && (caller.isSuperuser || !user.isSuperuser))
