// A user as one column of JSON, for statements that select more than the user. Drizzle takes longer to write and to map the columns
// of a user one by one than D1 takes to make JSON of them.

import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core'
import { type User, users } from './schema.ts'
import { valuesAsJson } from './statements.ts'

const columns = Object.entries(getTableColumns(users))

// Drizzle writes the names of the columns once, and not for each statement.
const json = sql.raw(textOf(valuesAsJson(columns.map(([, column]) => column))))

/** SQL: a row of `users`, which Drizzle reads as a `User`. */
export const userJson = sql<User>`${json}`.mapWith(userFromJson)

/** SQL: the owner of a row of `sessions`, which Drizzle reads as a `User`. */
export const userJsonOfSession =
  sql<User>`(select ${json} from users where users.id = sessions.user_id)`.mapWith(userFromJson)

function textOf(query: SQL): string {
  return new SQLiteAsyncDialect().sqlToQuery(query).sql
}

function userFromJson(text: string): User {
  const values = (JSON.parse(text) as unknown[]).flat()
  const entries = columns.map(([name, column], at) => {
    const value = values[at]
    return [name, value === null ? null : column.mapFromDriverValue(value as never)]
  })
  return Object.fromEntries(entries) as User
}
