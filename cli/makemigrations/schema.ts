// The project's tables: what its drizzle.config.ts names, and whether all of Gatehouse's are among them. drizzle-kit reads the
// same files, but of two tables with one name it silently takes one.

import { existsSync, globSync, readdirSync, statSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { is } from 'drizzle-orm'
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { coreColumns } from '../../src/core-columns.ts'
import { migrationsFolder } from '../safe-migrations.ts'
import { importFile } from '../user-model.ts'
import type { Snapshot } from './defaults.ts'
import { MigrationError } from './migration-error.ts'

/** The part of drizzle.config.ts that drizzle-kit needs to compare the schema. */
export interface Configuration {
  dialect: 'sqlite'
  schema: string | string[]
  casing?: string
  breakpoints?: boolean
  migrations?: object
}

/** A table's columns by their names in SQL. */
type Columns = Map<string, string[]>

const configurationFiles = ['drizzle.config.ts', 'drizzle.config.js', 'drizzle.config.json']

/** @throws MigrationError with a sentence for the deployer */
export async function readConfiguration(): Promise<Configuration> {
  const file = configurationFiles.find((name) => existsSync(name))
  const loaded = file ? await load(file) : {}
  const given = (loaded.default ?? loaded) as Partial<Configuration> & { out?: string }
  const { schema = './src/schema.ts', dialect = 'sqlite', out = migrationsFolder } = given
  if (dialect !== 'sqlite') throw new MigrationError(`${file}: dialect must be 'sqlite'.`)
  if (normalize(`${out}/`) !== normalize(`${migrationsFolder}/`)) {
    throw new MigrationError(`${file}: out must be './${migrationsFolder}'.`)
  }
  const { casing, breakpoints, migrations } = given
  return {
    dialect,
    schema,
    ...(casing !== undefined && { casing }),
    ...(breakpoints !== undefined && { breakpoints }),
    ...(migrations !== undefined && { migrations }),
  }
}

/**
 * Reads every table that the schema exports.
 * @throws MigrationError with a sentence for each table that drizzle-kit would take for another
 */
export async function readTables({ schema }: Configuration): Promise<Columns> {
  const files = [schema]
    .flat()
    .flatMap((pattern) => globSync(pattern))
    .flatMap(filesOf)
  if (files.length === 0)
    throw new MigrationError(`There is no file ${[schema].flat().join(', ')}.`)
  const tables = new Set<SQLiteTable>()
  for (const file of files) for (const table of tablesIn(await load(file))) tables.add(table)
  const ours = new Set(tablesIn(await import('../../src/schema.ts')))
  const errors = errorsIn([...tables].map(described), [...ours].map(described), files.join(', '))
  if (errors.length > 0) throw new MigrationError(errors.join('\n'))
  return new Map([...tables].map(described).map(({ name, columns }) => [name, columns]))
}

const filesOf = (path: string) =>
  statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]

const load = async (file: string) => (await importFile(file)) as Record<string, unknown>

export const tablesIn = (exported: object): SQLiteTable[] =>
  Object.values(exported).filter((value): value is SQLiteTable => is(value, SQLiteTable))

interface Described {
  name: string
  columns: string[]
}

export function described(table: SQLiteTable): Described {
  const { name, columns } = getTableConfig(table)
  return { name, columns: columns.map((column) => column.name) }
}

function errorsIn(tables: Described[], ours: Described[], files: string): string[] {
  const names = tables.map(({ name }) => name)
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at))
  const isOurs = (name: string) => ours.some((each) => each.name === name)
  return [
    ...[...twice].map((name) =>
      isOurs(name)
        ? `${files}: a table of yours has the name '${name}' in SQL, which is Gatehouse's. Give it a prefix of your own, such as 'my_${name}'.`
        : `${files}: two tables have the name '${name}' in SQL. Rename one.`,
    ),
    ...ours
      .filter(({ name }) => !twice.has(name))
      .flatMap((table) => replacedError(table, tables, files)),
  ]
}

/** `export *` drops a name that two modules export, and an export of the file itself replaces it. */
function replacedError({ name, columns }: Described, tables: Described[], files: string): string[] {
  const required = name === 'users' ? coreNames : columns
  const exported = tables.find((table) => table.name === name)
  if (exported && required.every((column) => exported.columns.includes(column))) return []
  return [
    exported
      ? `${files}: a table of yours replaces Gatehouse's '${name}'. Give it another name, in code and in SQL.`
      : `${files} does not export Gatehouse's table '${name}'. If it has Gatehouse's tables by "export *", an export of yours ` +
        'has the name of that table in code, and JavaScript drops both. Rename yours.',
  ]
}

const coreNames = Object.keys(coreColumns).map((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
)

/** What is gone and what is new, by which drizzle-kit cannot tell a rename from a loss. */
export function possibleRenames({ tables }: Snapshot, now: Columns): string[] {
  const changes = (old: string[], current: string[], where: string) => {
    const gone = old.filter((name) => !current.includes(name))
    const fresh = current.filter((name) => !old.includes(name))
    return gone.length > 0 && fresh.length > 0
      ? [`${where}${gone.join(', ')} is gone, and ${fresh.join(', ')} is new.`]
      : []
  }
  return [
    ...changes(Object.keys(tables), [...now.keys()], 'Tables: '),
    ...[...now].flatMap(([table, columns]) =>
      tables[table] ? changes(Object.keys(tables[table].columns), columns, `${table}: `) : [],
    ),
  ]
}
