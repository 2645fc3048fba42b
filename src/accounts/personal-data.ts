// A user's personal data for export: the user's row, and the rows of every table that refers to the user. It excludes
// secrets that give access to an account, and columns without information about the user.

import { getTableColumns, getTableName, type SQL, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { algorithmOf } from '../passwords/algorithms.ts'
import {
  authTokens,
  mailOutbox,
  revokedTokens,
  securityEvents,
  sessions,
  throttles,
  type User,
  userModel,
  users,
} from '../schema.ts'
import type { FieldName } from '../user-model.ts'

/** The maximum number of rows of each table in one answer. */
export const exportPageSize = 1000

/** Each table with the columns that are excluded, beside `user_id`. */
const tables: [SQLiteTable, ...string[]][] = [
  [sessions],
  [authTokens, 'hash', 'nonce'],
  [revokedTokens, 'jti'],
  [securityEvents, 'hour_bucket', 'request_id'],
  [mailOutbox, 'request_id'],
  [throttles, 'request_id'],
]

/** The names of the tables, in the order of `exportRows`. */
export const exportedTables = tables.map(([table]) => getTableName(table))

/** One query for each of the tables, with the newest rows first. */
export const exportRows = (db: Database, userId: SQL<number>, offset: number) =>
  tables.map(([table, ...excluded]) =>
    db
      .select(columnsExcept(table, ['user_id', ...excluded]))
      .from(table)
      .where(sql`${table}.user_id = ${userId}`)
      .orderBy(sql`${table}.rowid desc`)
      .limit(exportPageSize)
      .offset(offset),
  )

/**
 * The user's row by column name. In place of the password hash, it says whether a password is set, and its hasher. It
 * excludes fields of the user model that no response shows.
 */
export function exportUser(user: User): Record<string, unknown> {
  const isSet = !user.password.startsWith('!')
  const values = Object.entries(getTableColumns(users))
    .filter(([name]) => userModel.fields[name as FieldName]?.visibility !== 'never')
    .map(([name, column]) => [column.name, user[name as keyof User]])
  return {
    ...Object.fromEntries(values),
    password: { is_set: isSet, hasher: (isSet && algorithmOf(user.password)) || null },
  }
}

const columnsExcept = (table: SQLiteTable, excluded: string[]) =>
  Object.fromEntries(
    Object.values(getTableColumns(table))
      .filter(({ name }) => !excluded.includes(name))
      .map((column) => [column.name, column]),
  )
