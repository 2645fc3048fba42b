// Statements that many rooms need, and batches whose results have names.

import {
  and,
  type Column,
  getTableColumns,
  inArray,
  is,
  lte,
  SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from './db.ts'
import { users } from './schema.ts'

export type Statement = BatchItem<'sqlite'>

/** Statements by name, in the order in which they run; an array for those whose results nobody reads. */
export type Statements = Record<string, Statement | readonly Statement[] | undefined>

export type Results<T extends Statements> = { [Name in keyof T]: ResultOf<T[Name]> }

type ResultOf<T> = T extends Statement
  ? T['_']['result']
  : T extends readonly unknown[]
    ? unknown[]
    : undefined

/**
 * Sends the statements in one transaction.
 * @returns the result of each by its name; undefined for one that was left out
 */
export async function batch<T extends Statements>(
  db: Pick<DrizzleD1Database, 'batch'>,
  statements: T,
): Promise<Results<T>> {
  const all = Object.values(statements).flatMap((each) => each ?? [])
  const results: unknown[] = await db.batch(all as unknown as [Statement])
  const named = Object.entries(statements).map(([name, each]) => {
    if (each === undefined) return [name, undefined]
    return [name, Array.isArray(each) ? results.splice(0, each.length) : results.shift()]
  })
  return Object.fromEntries(named)
}

/** SQL: the statement before this one in the batch wrote a row. */
export const previousStatementWrote = sql`changes() > 0`

/** SQL: the user with this id is still as the condition on `users` says. */
export const userIs = (id: number | SQLWrapper, condition: SQL | undefined): SQL =>
  sql`exists (select 1 from users where users.id = ${id} and ${condition ?? sql`true`})`

/**
 * Inserts a row for each user that the condition finds. A column that the row leaves out gets its default.
 * @param row values, or SQL that may name columns of `users`
 * @param where a condition on `users`
 */
export const insertWhere = <T extends SQLiteTable>(
  db: Pick<Database, 'insert'>,
  table: T,
  row: { [Name in keyof T['$inferInsert']]: T['$inferInsert'][Name] | SQL },
  where: SQL | undefined,
) =>
  db
    .insert(table)
    .select(sql`select ${valuesOf(table, row)} from ${users} where ${where ?? sql`true`}`)

/** SQL: the values of a row in the order of the table's columns. */
export const valuesOf = (table: SQLiteTable, row: Record<string, unknown>): SQL =>
  sql.join(
    Object.entries(getTableColumns(table))
      .filter(([, { generated }]) => generated === undefined)
      .map(([name, column]) => {
        const value = row[name] === undefined ? defaultOf(column) : row[name]
        return is(value, SQL) ? value : sql.param(value, column)
      }),
    sql`, `,
  )

/** A default in code comes before the column's own, which a migration cannot change. */
const defaultOf = (column: Column): unknown =>
  column.defaultFn?.() ?? column.default ?? column.onUpdateFn?.() ?? null

/** Deletes the oldest rows, at most `limit`, whose time is `before` or earlier. */
export function deleteOldest(
  db: Pick<Database, 'delete' | 'select'>,
  table: SQLiteTable,
  { key, time }: { key: SQLiteColumn; time: SQLiteColumn },
  { before, limit, provided }: { before: Date; limit: number; provided?: SQL | undefined },
) {
  const oldest = db
    .select({ key })
    .from(table)
    .where(and(lte(time, before), provided))
    .orderBy(time)
    .limit(limit)
  return db.delete(table).where(inArray(key, oldest))
}
