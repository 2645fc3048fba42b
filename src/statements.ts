// SQL that several rooms need, and batches whose results have names.

import { type Column, getTableColumns, is, SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { RunnableQuery } from 'drizzle-orm/runnable-query'
import { SQLiteAsyncDialect, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Database, inGroups } from './db.ts'
import { minute } from './time.ts'

export type Statement = BatchItem<'sqlite'>

/** Statements by name, in the order in which they run. A name may also hold a list of them, or undefined. */
export type Statements = Record<string, Statement | readonly Statement[] | undefined>

/** The result of each statement by its name; for a list, a list of results. */
export type Results<T extends Statements> = { [Name in keyof T]: ResultOf<T[Name]> }

export type ResultOf<T> = T extends Statement
  ? T['_']['result']
  : T extends readonly (infer Each)[]
    ? ResultOf<Each>[]
    : undefined

/** Sends the statements as one transaction, in one round trip. */
export async function batch<T extends Statements>(
  db: Pick<Database, 'batch'>,
  statements: T,
): Promise<Results<T>> {
  const inOrder = Object.values(statements).flatMap((value) => value ?? [])
  const results: unknown[] = await db.batch(inOrder as unknown as [Statement])
  const byName = Object.entries(statements).map(([name, value]) => [
    name,
    Array.isArray(value) ? results.splice(0, value.length) : value && results.shift(),
  ])
  return Object.fromEntries(byName)
}

/**
 * A statement that is written as one text of SQL, for a batch. Drizzle takes five times as long to build a statement from
 * tables and columns. So the statements of the two most frequent requests are written this way (docs/decisions/045).
 * @param read makes a result of a row. The row's members have the names that the SQL gives them
 */
export function written<Row, T>(
  db: Pick<Database, '$client'>,
  query: SQL,
  read: (row: Row) => T,
): Written<T> {
  const { sql: text, params } = dialect.sqlToQuery(query)
  // The members that Drizzle's `batch` reads.
  const prepared = {
    stmt: db.$client.prepare(text),
    getQuery: () => ({ sql: text, params }),
    mapResult: ({ results }: D1Result<Row>) => results.map(read),
  }
  return { _prepare: () => prepared } as unknown as Written<T>
}

type Written<T> = RunnableQuery<T[], 'sqlite'>

const dialect = new SQLiteAsyncDialect()

/** SQL: whether the statement before this one in the batch wrote a row. */
export const previousStatementWrote = sql`changes() > 0`

/** SQL: whether a user exists for this condition on `users`. */
export const userExists = (where: SQL | undefined): SQL =>
  sql`exists (select 1 from users where ${where ?? sql`true`})`

/** SQL: whether the user with this id meets a condition on `users`. */
export const userIs = (id: number | SQLWrapper, condition: SQL | undefined): SQL =>
  userExists(sql`users.id = ${id} and ${condition ?? sql`true`}`)

/** SQL: values as a JSON array of arrays, since a function of D1 takes 32 arguments and a table has up to 100 columns. */
export function valuesAsJson(values: SQLWrapper[]): SQL {
  const arrays = inGroups(values, 30).map((group) => sql`json_array(${sql.join(group, sql`, `)})`)
  return sql`json_array(${sql.join(arrays, sql`, `)})`
}

/**
 * Inserts a row for each user that a condition selects.
 * @param row values, or SQL that may name columns of `users`; a column that it leaves out gets its default
 * @param where a condition on `users`
 */
export const insertWhere = <T extends SQLiteTable>(
  db: Pick<Database, 'insert'>,
  table: T,
  row: RowSql<T>,
  where: SQL | undefined,
) =>
  db
    .insert(table)
    .select(sql`select ${valuesOf(table, row)} from users where ${where ?? sql`true`}`)

/** A row to insert, in which each value may be SQL. */
export type RowSql<T extends SQLiteTable> = {
  [Name in keyof T['$inferInsert']]: T['$inferInsert'][Name] | SQL
}

/** SQL: the values of a row, in the order of the table's columns. */
export const valuesOf = <T extends SQLiteTable>(table: T, row: RowSql<T>): SQL =>
  sql.join(
    Object.entries(getTableColumns(table))
      .filter(([, { generated }]) => generated === undefined)
      .map(([name, column]) => {
        const given: unknown = row[name as keyof typeof row]
        const value = given === undefined ? defaultOf(column) : given
        return is(value, SQL) ? value : sql.param(value, column)
      }),
    sql`, `,
  )

/**
 * The value of a column that a new row leaves out. A default in code comes before the column's own, which a migration cannot
 * change.
 */
export const defaultOf = (column: Column): unknown =>
  column.defaultFn?.() ?? column.default ?? column.onUpdateFn?.() ?? null

/** Deletes up to `limit` rows that a condition selects, in the order of `time`. */
export const deleteOldest = (
  db: Pick<Database, 'delete'>,
  table: SQLiteTable,
  time: SQLiteColumn,
  where: SQL | undefined,
  limit: number,
) =>
  db
    .delete(table)
    .where(
      sql`rowid in (select rowid from ${table} where ${where} order by ${time} limit ${limit})`,
    )

interface RowLimit {
  /** SQL: the columns that make a group. */
  group: SQL
  /** SQL: the column by which rows are new or old. */
  newest: SQL
  /** Rows of each group that stay. */
  keep: number
  /** SQL: the rows that count. */
  where?: SQL
}

/**
 * Deletes up to `limit` rows that are not among the newest of their group. It looks only at users that got a row in the last
 * two minutes, because the cron runs every minute.
 * @param table with the columns `user_id` and `created_at`
 */
export function deleteOverLimit(
  db: Pick<Database, 'delete'>,
  table: SQLiteTable,
  { group, newest, keep, where = sql`true` }: RowLimit,
  now: Date,
  limit: number,
) {
  const recent = sql`select user_id from ${table} where created_at > ${now.getTime() - 2 * minute}`
  const ranked = sql`select rowid as id, row_number() over (partition by ${group} order by ${newest} desc) as place
    from ${table} where ${where} and user_id in (${recent})`
  return db
    .delete(table)
    .where(sql`rowid in (select id from (${ranked}) where place > ${keep} limit ${limit})`)
}
