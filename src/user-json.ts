// A user as one column of JSON: for a statement that is `written` as SQL, and to compare a whole row.

import { getTableColumns, sql } from 'drizzle-orm'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { fromUsers, type User } from './schema.ts'
import { valuesAsJson } from './statements.ts'

const columns = fromUsers((users) => Object.entries(getTableColumns(users)))

/** SQL: a row of `users` as text. `userFromJson` reads it. It is made once for each isolate, not for each statement. */
export const userJson = fromUsers(() =>
  sql.raw(
    new SQLiteAsyncDialect().sqlToQuery(valuesAsJson(columns().map(([, column]) => column))).sql,
  ),
)

/** The user in a text of `userJson`. */
export function userFromJson(text: string): User {
  const values = (JSON.parse(text) as unknown[]).flat()
  const entries = columns().map(([name, column], at) => {
    const value = values[at]
    return [name, value === null ? null : column.mapFromDriverValue(value as never)]
  })
  return Object.fromEntries(entries) as User
}
