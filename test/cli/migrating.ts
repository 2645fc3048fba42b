// A project whose local D1 has users, sessions and events, for the tests of makemigrations. Its schema is a deployer's: it
// exports Gatehouse's tables, and their own.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { newProject } from './project.ts'

const copied = ['src', 'cli', 'migrations', 'package.json', 'tsconfig.json', 'drizzle.config.ts']
export const project = newProject({ copied })
const shippedModel = readFileSync('src/user-model.ts', 'utf8')
export const role =
  "role: text({ default: 'user', maxLength: 50, readOnly: 'except-staff', after: 'last_name' }),"

export const ownTables = `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../src/schema.ts'

export const teams = sqliteTable('teams', { id: integer('id').primaryKey(), name: text('name') })
export const members = sqliteTable('members', {
  team: integer('team').references(() => teams.id, { onDelete: 'cascade' }),
  user: integer('user').references(() => users.id, { onDelete: 'cascade' }),
})
export const notes = sqliteTable('notes', { id: integer('id').primaryKey(), size: text('size').default('S') })
`

/** Writes the project, applies its migrations, and adds rows. */
export async function prepare(schema?: Schema) {
  project.write(
    'drizzle.config.ts',
    `import { defineConfig } from 'drizzle-kit'
     export default defineConfig({ dialect: 'sqlite', schema: './src/project.ts', out: './migrations' })`,
  )
  writeSchema(schema)
  await succeeding('makemigrations', ['--name', 'own'])
  await applyMigrations()
  insertRows()
}

export interface Schema {
  /** The fields after the first and the last name. */
  fields?: string
  tables?: string
  exports?: string
}

/** Writes the deployer's files, with changes of a test. */
export function writeSchema({ fields = role, tables = ownTables, exports = '' }: Schema = {}) {
  const imported = "import { sqliteTable, text as column } from 'drizzle-orm/sqlite-core'"
  project.write(
    'src/user-model.ts',
    shippedModel
      .replace("import { sqliteTable } from 'drizzle-orm/sqlite-core'", imported)
      .replace('{ type Field, text }', '{ type Field, integer, text }')
      .replace(role, fields),
  )
  project.write('src/tables.ts', tables)
  project.write(
    'src/project.ts',
    `export * from './schema.ts'\nexport * from './tables.ts'\n${exports}`,
  )
}

export async function succeeding(program: string, parameters: string[] = []) {
  const { status, output } = await project.run(program, parameters)
  assert.equal(status, 0, output)
  return output
}

export async function applyMigrations() {
  const apply = ['d1', 'migrations', 'apply', 'DB', '--local']
  const { status, output } = await project.runScript('wrangler/bin/wrangler.js', apply)
  assert.equal(status, 0, output)
}

const databaseFile = () => {
  const files = globSync('.wrangler/state/v3/d1/**/*.sqlite', { cwd: project.file('.') })
  const file = files.find((name) => !name.endsWith('metadata.sqlite'))
  assert.ok(file)
  return project.file(file)
}

export function inDatabase<T>(use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(databaseFile())
  try {
    return use(database)
  } finally {
    database.close()
  }
}

const insertRows = () =>
  inDatabase((database) =>
    database.exec(`
      INSERT INTO users (id, email, email_key, password, status, date_joined)
        VALUES (1, 'a@example.com', 'a@example.com', '!', 'active', 1), (2, 'b@example.com', 'b@example.com', '!', 'active', 1);
      INSERT INTO sessions (id, user_id, created_at, refreshed_at) VALUES ('s', 1, 1, 1);
      INSERT INTO security_events (user_id, type, created_at) VALUES (1, 'login', 1), (2, 'login', 1);
      INSERT INTO teams (id, name) VALUES (7, 'Herons');
      INSERT INTO members (team, user) VALUES (7, 1);
      INSERT INTO notes (id, size) VALUES (1, 'S');`),
  )

export const rowsOf = (table: string) =>
  inDatabase((database) =>
    database
      .prepare(`SELECT * FROM ${table}`)
      .all()
      .map((row) => ({ ...row })),
  )

const tablesWithRows = ['users', 'sessions', 'security_events', 'teams', 'members', 'notes']

export const allRows = () =>
  Object.fromEntries(tablesWithRows.map((table) => [table, rowsOf(table)]))

/** Every file of the migrations, by name. */
export const migrations = () =>
  Object.fromEntries(
    readdirSync(project.file('migrations'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [name, readFileSync(`${parentPath}/${name}`, 'utf8')]),
  )

export const newest = () =>
  Object.entries(migrations())
    .filter(([name]) => name.endsWith('.sql'))
    .sort()
    .at(-1) ?? ['', '']

const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')

/** A command that must change nothing, neither in the project nor in the database. */
export async function withoutEffect(parameters: string[]) {
  const state = () => ({
    migrations: migrations(),
    database: hashOf(databaseFile()),
    files: readdirSync(project.file('.')).sort(),
  })
  const old = state()
  const result = await project.run('makemigrations', parameters)
  assert.deepEqual(state(), old)
  return result
}

export const phone = 'phone: text({ unique: true, maxLength: 20 }),'
/** `ownTables` with a column of another type, which rebuilds the table. */
export const tables = ownTables.replace("text('size').default('S')", "integer('size').default(1)")
/** A schema with one field and one change of a table more. */
export const kept: Schema = { fields: `${role} ${phone}`, tables }
