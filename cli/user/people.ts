// Whom an operator names, and what he is shown of people; never a hash.

import { and, desc, eq, getTableColumns, inArray, or, type SQL, sql } from 'drizzle-orm'
import { matchesSearch } from '../../src/accounts/user-list.ts'
import { normalizeUsername } from '../../src/accounts/users.ts'
import type { Database } from '../../src/db.ts'
import { parseId } from '../../src/encoding.ts'
import { emailKeys } from '../../src/mail/email-address.ts'
import { authTokens, type User, users } from '../../src/schema.ts'
import { activeSessionsOf } from '../../src/sessions/sessions.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { fail } from '../fail.ts'

const { password, ...shown } = getTableColumns(users)

export interface Task {
  db: Database
  settings: Settings
  now: Date
  json: boolean
}

export type UserSummary = Omit<User, 'password'>

export interface UserFilter {
  search?: string | undefined
  status?: string | undefined
  staff: boolean
  limit: number
}

/** The newest first. */
export const findUsers = (db: Database, { search, status, staff, limit }: UserFilter) =>
  db
    .select(shown)
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

/** The one that is named by address, username or `#id`. */
export async function findUserNamed(db: Database, named: string): Promise<UserSummary> {
  const found = await db.select(shown).from(users).where(isNamed(named)).orderBy(users.id).limit(10)
  const [person, ...others] = found
  if (!person) return fail(`There is no user ${printable(named)}.`)
  if (others.length > 0) {
    const ids = found.map(({ id }) => `--id ${id}`).join(', ')
    fail(`${printable(named)} is of several users; take one of ${ids}.`)
  }
  return person
}

function isNamed(named: string): SQL | undefined {
  const [, digits] = /^#(\d+)$/.exec(named) ?? []
  if (digits !== undefined) return eq(users.id, parseId(digits) ?? -1)
  return or(
    inArray(users.emailKey, emailKeys(named)),
    eq(users.email, named),
    eq(users.username, normalizeUsername(named)),
  )
}

/** How he may log in, and how often he is. */
export async function accessOf(db: Database, settings: Settings, id: number, now: Date) {
  const living = activeSessionsOf(settings, id, now)
  const [found] = await db
    .select({
      hasher: sql<string | null>`case when ${users.password} like '!%' then null
        else substr(${users.password}, 1, instr(${users.password}, '$') - 1) end`.as('hasher'),
      sessions: sql<number>`(select count(*) from sessions where ${living})`.as('sessions'),
      keys: sql<number>`(select count(*) from ${authTokens} where ${eq(authTokens.userId, id)})`.as(
        'keys',
      ),
    })
    .from(users)
    .where(eq(users.id, id))
  return found
}

/** As the log-in has it: `ada@example.com (#12)`. */
export const nameOf = ({ id, email, username }: UserSummary, { loginField }: Settings) =>
  `${printable((loginField === 'email' ? email : username) ?? email ?? username ?? '')} (#${id})`

/** By the names that columns have in SQL, and fields on the wire. */
export const bySqlName = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )

/** Lines of cells, in columns. */
export function table(head: string[], rows: string[][]): string {
  const lines = [head, ...rows.map((cells) => cells.map(printable))]
  const widths = head.map((_, i) => Math.max(...lines.map((cells) => cells[i]?.length ?? 0)))
  return lines
    .map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** As JSON for programs, which a terminal may show all the same. */
export const jsonOf = (value: unknown) =>
  JSON.stringify(value, null, 2).replace(/[^\n\P{C}]|[\p{Zl}\p{Zp}]/gu, escaped)

/** What somebody else wrote, without what would move a terminal's cursor or turn its text round. */
export const printable = (text: string) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped)

const escaped = (text: string) =>
  Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')

/** To the minute, in UTC. */
export const timeOf = (time: Date | null) =>
  time ? `${time.toISOString().slice(0, 16).replace('T', ' ')}Z` : ''
