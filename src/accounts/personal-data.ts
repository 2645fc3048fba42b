// A user's personal data for export: the user's row, and the rows of every table that refers to the user. It excludes
// secrets that give access to an account, and columns without information about the user.

import { type Column, eq, getTableColumns, getTableName, or, type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { algorithmOf } from '../passwords/algorithms.ts'
import { publicIdOf, publicIdSql } from '../public-id.ts'
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
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'

/** The maximum number of rows of each table in one answer. */
export const exportPageSize = 1000

/** A table, or a table with the names of columns to leave out. A column that refers to the user is left out anyway. */
export type PersonalTable = SQLiteTable | readonly [SQLiteTable, ...string[]]

const ownTables: PersonalTable[] = [
  sessions,
  [authTokens, 'hash', 'nonce'],
  [revokedTokens, 'jti'],
  [securityEvents, 'hour_bucket', 'request_id'],
  [mailOutbox, 'request_id'],
  [throttles, 'request_id'],
]

let tables = ownTables.map(readTable)

/**
 * Adds tables of the deployer's to the export.
 * @throws TypeError that lists each table that cannot be exported, and why
 */
export function usePersonalData(given: readonly PersonalTable[]) {
  const added = given.map(readTable)
  const errors = added.flatMap(errorsOf)
  if (errors.length > 0) throw new TypeError(`personalData: ${errors.join('\n')}`)
  tables = [...ownTables.map(readTable), ...added]
}

/** The names of the tables, in the order of `exportRows`. */
export const exportedTables = () => tables.map(({ table }) => getTableName(table))

/** The columns of each table in the export. */
export const exportedColumns = () =>
  Object.fromEntries(
    tables.map(({ table, owners, excluded }) => {
      const columns = columnsExcept(table, [...owners.map(({ name }) => name), ...excluded])
      return [getTableName(table), Object.values(columns)]
    }),
  )

/** One query for each of the tables, with the newest rows first. */
export const exportRows = (db: Database, settings: Settings, userId: SQL<number>, offset: number) =>
  tables.map(({ table, owners, excluded }) =>
    db
      .select({
        ...columnsExcept(table, [...owners.map(({ name }) => name), ...excluded]),
        ...(table === securityEvents && actorIn(settings)),
      })
      .from(table)
      .where(or(...owners.map((column) => eq(column, userId))))
      .orderBy(sql`${table}.rowid desc`)
      .limit(exportPageSize)
      .offset(offset),
  )

/** The columns of a table that refer to a user. */
export function columnsOfUsers(table: SQLiteTable): Column[] {
  return getTableConfig(table).foreignKeys.flatMap((key) => {
    const { foreignTable, columns } = key.reference()
    return getTableName(foreignTable) === 'users' ? columns : []
  })
}

const actorIn = (settings: Settings) => ({
  actor_id: publicIdSql(settings, sql`security_events.actor_id`).as('actor_id'),
})

/**
 * The user's row by column name, with the id that clients see. In place of the password hash, it says whether a password is
 * set, and its hasher. It excludes fields of the user model that no response shows.
 */
export function exportUser(settings: Settings, user: User): Record<string, unknown> {
  const isSet = !user.password.startsWith('!')
  const values = Object.entries(getTableColumns(users))
    .filter(([name]) => userModel.fields[name as FieldName]?.visibility !== 'never')
    .map(([name, column]) => [column.name, user[name as keyof User]])
  return {
    ...Object.fromEntries(values),
    id: publicIdOf(settings, user),
    password: { is_set: isSet, hasher: (isSet && algorithmOf(user.password)) || null },
  }
}

interface ExportedTable {
  table: SQLiteTable
  /** The columns that refer to a user. Without any, the query would have no condition. */
  owners: Column[]
  /** Names of columns in SQL. */
  excluded: string[]
}

function readTable(given: PersonalTable): ExportedTable {
  const [table, ...excluded] = isWithColumns(given) ? given : [given]
  return { table, owners: columnsOfUsers(table), excluded }
}

function isWithColumns(given: PersonalTable): given is readonly [SQLiteTable, ...string[]] {
  return Array.isArray(given)
}

function errorsOf({ table, owners, excluded }: ExportedTable): string[] {
  const name = getTableName(table)
  const columns = Object.values(getTableColumns(table)).map((column) => column.name)
  const ours = ownTables.map((own) => getTableName(readTable(own).table))
  const taken = ['exported_at', 'user', 'next', ...ours]
  return [
    ...(taken.includes(name) ? [`the name of the table "${name}" already has a meaning`] : []),
    ...(owners.length === 0 ? [`the table "${name}" has no column that refers to a user`] : []),
    ...excluded
      .filter((column) => !columns.includes(column))
      .map((column) => `the table "${name}" has no column "${column}"`),
  ]
}

const columnsExcept = (table: SQLiteTable, excluded: string[]) =>
  Object.fromEntries(
    Object.values(getTableColumns(table))
      .filter(({ name }) => !excluded.includes(name))
      .map((column) => [column.name, column]),
  )
