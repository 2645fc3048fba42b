// Writes values as SQL literals. wrangler executes files of SQL, and such a file has no parameters.

import { type Column, getTableColumns, is, SQL, sql } from 'drizzle-orm'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { users } from '../src/schema.ts'
import { defaultOf } from '../src/statements.ts'

/** A text in hexadecimal, so that no value can end its literal, and wrangler has nothing to remove from it. */
export const textLiteral = (value: string | null | undefined) =>
  value === undefined || value === null
    ? 'NULL'
    : `CAST(X'${Buffer.from(value).toString('hex')}' AS TEXT)`

export function sqlLiteral(value: unknown): string {
  if (is(value, SQL)) return dialect.sqlToQuery(sql`${value}`.inlineParams()).sql
  return typeof value === 'number'
    ? String(value)
    : textLiteral(value === null ? null : String(value))
}

const dialect = new SQLiteSyncDialect()

const columns: Record<string, Column> = getTableColumns(users)

/** The column of a field of the user model. Fields have the same name in code and SQL. */
export function columnOf(name: string): Column {
  const column = columns[name]
  if (!column) throw new Error(`users has no column ${name}`)
  return column
}

/**
 * The values of columns that a new user leaves out, by the names in SQL. They are always written, because the database may have an
 * older default (makemigrations/defaults.ts).
 */
export const userDefaults = (): Record<string, string | number | SQL> =>
  Object.fromEntries(
    Object.values(columns).flatMap((column) => {
      const value = defaultOf(column)
      if (value === null) return []
      const written = is(value, SQL) ? value : (column.mapToDriverValue(value) as string | number)
      return [[column.name, written]]
    }),
  )
