// The list of users: the search, the order and the pages. The calling code has read the caller before, and decides whether the
// caller sees the list. No statement here names a caller (docs/decisions/040).

import { and, asc, count, desc, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { type Database, inGroups } from '../db.ts'
import { fromUsers, type User, userModel, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'

/** The maximum number of users in one answer. */
export const maxResults = 1000

export type OrderField = 'id' | 'uuid' | 'email' | 'username' | FieldName

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
 * page is empty. A search reads each user once: its matches are counted and ordered without their other columns.
 */
export function listPage(db: Database, query: UserQuery, slice: PageSlice) {
  const columns = { ...columnsOfOrder(query), id: users.id }
  const matches = db
    .$with('matches')
    .as(db.select(columns).from(users).where(matchesQuery(query)).limit(allRows))
  const isSearch = query.terms.length > 0
  const listed = isSearch ? matches : users
  const counted = db
    .select({ total: count().as('users_listed') })
    .from(listed)
    .as('counted')
  const ids = db
    .select({ id: sql<number>`${listed.id}`.as('listed_id') })
    .from(listed)
    .orderBy(...orderOf(listed, query, slice.backwards))
    .limit(slice.limit)
    .offset(slice.offset)
    .as('ids')
  const page = db
    .with(...(isSearch ? [matches] : []))
    .select({ total: counted.total, id: ids.id })
    .from(counted)
    .leftJoin(ids, sql`true`)
    .as('page')
  return db
    .select()
    .from(page)
    .leftJoin(users, eq(users.id, page.id))
    .orderBy(...orderOf(users, query))
}

/** A limit, so that SQLite keeps the matches. It would search again for each use of them. */
const allRows = Number.MAX_SAFE_INTEGER

const columnsOfOrder = ({ order }: UserQuery) =>
  Object.fromEntries(order.map(({ name }) => [name, users[name]])) as Pick<typeof users, OrderField>

function orderOf(table: Record<OrderField, SQLWrapper>, { order }: UserQuery, backwards = false) {
  const columns = [...order, { name: 'id' as const, descending: false }]
  return columns.map(({ name, descending }) =>
    descending === backwards ? asc(table[name]) : desc(table[name]),
  )
}

const matchesQuery = ({ terms }: UserQuery) => (terms.length > 0 ? matchesSearch(terms) : undefined)

/** Terms that are compared directly. The others are one parameter, since D1 allows a hundred. */
const maxDirectTerms = 8

/**
 * A condition on `users`: each of the terms occurs in an address or a name. LIKE is not used: its wildcards would have
 * to be escaped, and D1 limits its patterns to 50 bytes.
 */
export function matchesSearch(terms: string[]) {
  const direct = terms.slice(0, maxDirectTerms)
  const others = terms.slice(maxDirectTerms)
  return and(
    ...direct.map((term) => sql`instr(lower(${addressesAndNames()}), lower(${term})) > 0`),
    others.length === 0
      ? undefined
      : sql`not exists (select 1 from json_each(${JSON.stringify(others)}) term
          where instr(lower(${addressesAndNames()}), lower(term.value)) = 0)`,
  )
}

const inLines = (texts: SQL[]) => sql.join(texts, sql` || char(10) || `)

const textOf = (column: SQLiteColumn) =>
  column.notNull ? sql`${column}` : sql`coalesce(${column}, '')`

// Addresses, and the texts that users write themselves and that answers show. In groups, because the depth of one chain of
// `||` grows with its length.
const addressesAndNames = fromUsers((table) => {
  const writtenTexts = Object.entries(userModel.fields)
    .filter(([, { readOnly, visibility }]) => !readOnly && visibility !== 'never')
    .map(([name]) => table[name as FieldName])
    .filter(({ dataType }) => dataType === 'string')
  const groups = inGroups([table.email, table.username, ...writtenTexts], 10)
  return inLines(groups.map((group) => sql`(${inLines(group.map(textOf))})`))
})
