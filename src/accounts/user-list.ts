// The list of users: the search, the order and the pages. The calling code has read the caller before, and decides whether the
// caller sees the list. No statement here names a caller (docs/decisions/040).

import { asc, count, desc, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type Database, inGroups } from '../db.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type FieldName, userModel } from '../user-model.ts'

/** The maximum number of users in one answer. */
export const maxResults = 1000

export type OrderField = 'id' | 'email' | 'username' | FieldName

export interface UserQuery {
  /** Each must occur in an address or a name of the user, in any case of ASCII letters. */
  terms: string[]
  order: { name: OrderField; descending: boolean }[]
}

/** A part of the list; `backwards` counts `offset` from its end. */
export interface PageSlice {
  limit: number
  offset: number
  backwards: boolean
}

/** Whether the caller sees all users. Others see only themselves. */
export const seesAllUsers = ({ hideUsers, permissions }: Settings, caller: User) =>
  caller.isStaff || (!hideUsers && permissions.userList === 'CurrentUserOrAdmin')

export const listUsers = (db: Database, query: UserQuery) =>
  db
    .select()
    .from(users)
    .where(matchesQuery(query))
    .orderBy(...orderOf(users, query))
    .limit(maxResults)

/**
 * A page of that list with the number of users on the whole list, in one statement. A row without a user says that the
 * page is empty.
 */
export function listPage(db: Database, query: UserQuery, { limit, offset, backwards }: PageSlice) {
  const counted = db
    .select({ total: count().as('users_listed') })
    .from(users)
    .where(matchesQuery(query))
    .as('counted')
  const user = db
    .select()
    .from(users)
    .where(matchesQuery(query))
    .orderBy(...orderOf(users, query, backwards))
    .limit(limit)
    .offset(offset)
    .as('user')
  return db
    .select()
    .from(counted)
    .leftJoin(user, sql`true`)
    .orderBy(...orderOf(user, query))
}

function orderOf(table: Record<OrderField, SQLWrapper>, { order }: UserQuery, backwards = false) {
  const columns = [...order, { name: 'id' as const, descending: false }]
  return columns.map(({ name, descending }) =>
    descending === backwards ? asc(table[name]) : desc(table[name]),
  )
}

const matchesQuery = ({ terms }: UserQuery) => (terms.length > 0 ? matchesSearch(terms) : undefined)

/**
 * A condition on `users`: each of the terms occurs in an address or a name. LIKE is not used: its wildcards would have
 * to be escaped, and D1 limits its patterns to 50 bytes. All terms are one parameter, since D1 allows a hundred.
 */
export const matchesSearch = (terms: string[]) =>
  sql`not exists (select 1 from json_each(${JSON.stringify(terms)}) term
    where instr(lower(${addressesAndNames}), lower(term.value)) = 0)`

// The texts that users write themselves and that answers show.
const writtenTexts = Object.entries(userModel)
  .filter(([, { readOnly, visibility }]) => !readOnly && visibility !== 'never')
  .map(([name]) => users[name as FieldName])
  .filter(({ dataType }) => dataType === 'string')

const inLines = (texts: SQL[]) => sql.join(texts, sql` || char(10) || `)

// In groups, because the depth of one chain of `||` grows with its length.
const addressesAndNames = inLines(
  inGroups([users.email, users.username, ...writtenTexts], 10).map(
    (group) => sql`(${inLines(group.map((column) => sql`coalesce(${column}, '')`))})`,
  ),
)
