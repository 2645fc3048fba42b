// The list of users: whom a caller may see, what staff look for, in which order and how much of it. Who
// sees only himself reads only his own row, whatever he asks for.

import { and, asc, count, desc, gte, lte, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import { type Database, inGroups } from '../db.ts'
import { users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type FieldName, userModel } from '../user-model.ts'

/** No answer lists more. */
export const maxResults = 1000

export type OrderField = 'id' | 'email' | 'username' | FieldName

export interface UserQuery {
  /** What each user must have somewhere in addresses and names, in any case of ASCII letters. */
  terms: string[]
  order: { name: OrderField; descending: boolean }[]
}

/** Which part of the list; `backwards` counts from its end. */
export interface PageSlice {
  limit: number
  offset: number
  backwards: boolean
}

/** Everybody for staff, or where users are not hidden and the list is anybody’s; oneself for others. */
export const listUsers = (
  db: Database,
  settings: Settings,
  callerId: SQL<number>,
  wanted: UserQuery,
) =>
  db
    .select()
    .from(users)
    .where(matchesQuery(settings, callerId, wanted))
    .orderBy(...inOrder(users, wanted))
    .limit(maxResults)

/** A part of that list with how many are on it, in one statement; a row without a user is none. */
export function listPage(
  db: Database,
  settings: Settings,
  callerId: SQL<number>,
  wanted: UserQuery,
  { limit, offset, backwards }: PageSlice,
) {
  const listed = matchesQuery(settings, callerId, wanted)
  const counted = db
    .select({ total: count().as('users_listed') })
    .from(users)
    .where(listed)
    .as('counted')
  const user = db
    .select()
    .from(users)
    .where(listed)
    .orderBy(...inOrder(users, wanted, backwards))
    .limit(limit)
    .offset(offset)
    .as('user')
  return db
    .select()
    .from(counted)
    .leftJoin(user, sql`true`)
    .orderBy(...inOrder(user, wanted))
}

function inOrder(table: Record<OrderField, SQLWrapper>, { order }: UserQuery, backwards = false) {
  const whole = [...order, { name: 'id' as const, descending: false }]
  return whole.map(({ name, descending }) =>
    descending === backwards ? asc(table[name]) : desc(table[name]),
  )
}

function matchesQuery(settings: Settings, callerId: SQL<number>, { terms }: UserQuery) {
  const isOpen = !settings.hideUsers && settings.permissions.userList === 'CurrentUserOrAdmin'
  const caller = (edge: SQL) =>
    sql`(select ${edge} from users caller where caller.id = ${callerId})`
  // A range of ids, which the table itself is an index of.
  const visible = and(
    gte(users.id, caller(sql`iif(caller.is_staff, 0, caller.id)`)),
    lte(users.id, caller(sql`iif(caller.is_staff, ${Number.MAX_SAFE_INTEGER}, caller.id)`)),
  )
  return and(
    isOpen ? undefined : visible,
    terms.length > 0
      ? or(sql`not ${caller(sql`caller.is_staff`)}`, matchesSearch(terms))
      : undefined,
  )
}

// Without LIKE, whose wildcards would have to be escaped and whose patterns D1 cuts at 50 bytes; and one
// parameter for all terms, of which D1 allows a hundred.
export const matchesSearch = (terms: string[]) =>
  sql`not exists (select 1 from json_each(${JSON.stringify(terms)}) term
    where instr(lower(${addressesAndNames}), lower(term.value)) = 0)`

// What people wrote of themselves, for others to read.
const writtenTexts = Object.entries(userModel)
  .filter(([, { readOnly, visibility }]) => !readOnly && visibility !== 'never')
  .map(([name]) => users[name as FieldName])
  .filter(({ dataType }) => dataType === 'string')

const inLines = (texts: SQL[]) => sql.join(texts, sql` || char(10) || `)

// In groups: as one chain it would be as deep as it is long.
const addressesAndNames = inLines(
  inGroups([users.email, users.username, ...writtenTexts], 10).map(
    (group) => sql`(${inLines(group.map((column) => sql`coalesce(${column}, '')`))})`,
  ),
)
