// Finds users for an operator. No query returns a hash.

import { and, desc, eq, getTableColumns, inArray, or, type SQL, sql } from 'drizzle-orm'
import { matchesSearch } from '../../src/accounts/user-list.ts'
import { normalizeUsername } from '../../src/accounts/users.ts'
import type { Database } from '../../src/db.ts'
import { emailKeys } from '../../src/mail/email-address.ts'
import { parsePublicId, publicIdOf } from '../../src/public-id.ts'
import { authTokens, type User, users } from '../../src/schema.ts'
import { activeSessionsOf } from '../../src/sessions/sessions.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { fail } from '../fail.ts'
import { commandFor } from '../project.ts'
import { printable } from './terminal.ts'

const { password, ...summary } = getTableColumns(users)

/** What every command of the verb `user` needs. */
export interface Task {
  db: Database
  settings: Settings
  now: Date
  /** Whether output is JSON. */
  json: boolean
}

export type UserSummary = Omit<User, 'password'>

export interface UserFilter {
  search?: string | undefined
  status?: string | undefined
  staff: boolean
  limit: number
}

/** The users that match the filter, the newest first. */
export const findUsers = (db: Database, { search, status, staff, limit }: UserFilter) =>
  db
    .select(summary)
    .from(users)
    .where(
      and(
        search ? matchesSearch(search.split(/\s+/).filter(Boolean)) : undefined,
        status ? sql`${users.status} = ${status}` : undefined,
        staff ? eq(users.isStaff, true) : undefined,
      ),
    )
    .orderBy(desc(users.id))
    .limit(limit)

/** The user with this email, username or `#id`. Ends the program if there is none, or more than one. */
export async function findUser({ db, settings }: Task, named: string): Promise<UserSummary> {
  const found = await db
    .select(summary)
    .from(users)
    .where(matches(settings, named))
    .orderBy(users.id)
    .limit(10)
  const [user, ...others] = found
  const shown = printable(named)
  if (!user) {
    const list = commandFor('user', 'list --search WORDS')
    return fail(`No user matches ${shown}. \`${list}\` finds users.`)
  }
  if (others.length > 0) {
    const ids = found.map((each) => `--id ${publicIdOf(settings, each)}`).join(', ')
    fail(`${shown} matches several users. Name one of them by ${ids}.`)
  }
  return user
}

function matches(settings: Settings, named: string): SQL | undefined {
  const [, id] = /^#(\d+|[\da-f-]{32,36})$/i.exec(named) ?? []
  if (id !== undefined) return eq(users.id, parsePublicId(settings, id)?.id ?? -1)
  return or(
    inArray(users.emailKey, emailKeys(named)),
    eq(users.email, named),
    eq(users.username, normalizeUsername(named)),
  )
}

/** How a user can log in, and the number of their sessions and keys. */
export async function findAccess(db: Database, settings: Settings, id: number, now: Date) {
  const active = activeSessionsOf(settings, id, now)
  const [access] = await db
    .select({
      hasher: sql<string | null>`case when ${users.password} like '!%' then null
        else substr(${users.password}, 1, instr(${users.password}, '$') - 1) end`.as('hasher'),
      sessions: sql<number>`(select count(*) from sessions where ${active})`.as('sessions'),
      keys: sql<number>`(select count(*) from ${authTokens} where ${eq(authTokens.userId, id)})`.as(
        'keys',
      ),
    })
    .from(users)
    .where(eq(users.id, id))
  return access
}

/** The login name and the id: `ada@example.com (#12)`. */
export function nameOf(user: UserSummary, settings: Settings) {
  const { email, username } = user
  const login = settings.loginField === 'email' ? email : username
  return `${printable(login ?? email ?? username ?? '')} (#${publicIdOf(settings, user)})`
}
