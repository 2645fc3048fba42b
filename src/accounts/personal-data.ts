// All that is held on a person, for him to have: his own row, and those of every table that refers to him.
// What opens an account stays back, and marks that tell nothing of anybody.

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
  users,
} from '../schema.ts'
import { type FieldName, userModel } from '../user-model.ts'

/** Rows of each table in one answer. */
export const exportPageSize = 1000

/** Each with the columns that stay back. */
const tables: [SQLiteTable, ...string[]][] = [
  [sessions],
  [authTokens, 'hash', 'nonce'],
  [revokedTokens, 'jti'],
  [securityEvents, 'hour_bucket', 'request_id'],
  [mailOutbox, 'request_id'],
  [throttles, 'request_id'],
]

export const exportedTables = tables.map(([table]) => getTableName(table))

/** Of each of these, the newest first. */
export const exportRows = (db: Database, userId: SQL<number>, offset: number) =>
  tables.map(([table, ...keptBack]) =>
    db
      .select(columnsExcept(table, ['user_id', ...keptBack]))
      .from(table)
      .where(sql`${table}.user_id = ${userId}`)
      .orderBy(sql`${table}.rowid desc`)
      .limit(exportPageSize)
      .offset(offset),
  )

/** His row by column; of the password which hasher it has, and nothing that no answer shows. */
export function exportUser(user: User): Record<string, unknown> {
  const isSet = !user.password.startsWith('!')
  const values = Object.entries(getTableColumns(users))
    .filter(([name]) => userModel[name as FieldName]?.visibility !== 'never')
    .map(([name, column]) => [column.name, user[name as keyof User]])
  return {
    ...Object.fromEntries(values),
    password: { is_set: isSet, hasher: (isSet && algorithmOf(user.password)) || null },
  }
}

const columnsExcept = (table: SQLiteTable, keptBack: string[]) =>
  Object.fromEntries(
    Object.values(getTableColumns(table))
      .filter(({ name }) => !keptBack.includes(name))
      .map((column) => [column.name, column]),
  )
