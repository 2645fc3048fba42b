// Shared by tests of the import: fixtures, and an import of files into a database without wrangler.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newProject } from './project.ts'

export const quiet = { NODE_OPTIONS: '--disable-warning=ExperimentalWarning' }
export const byUsername = ['--var', 'LOGIN_FIELD:username']
export const vector = (name: string) => resolve('test/vectors/migrated', name)
const columns = 'id,email,password,is_active,is_staff,is_superuser,last_login,date_joined'
export const header = `${columns},first_name,last_name`
export const line = (id: number, email: string, rest = ',,') =>
  `${id},${email},!,t,f,f,,2020-01-02 03:04:05+00${rest}`

/** Creates the tables. */
export function migrate(database: DatabaseSync) {
  for (const file of readdirSync('migrations').filter((name) => name.endsWith('.sql'))) {
    database.exec(readFileSync(join('migrations', file), 'utf8'))
  }
}

/** A dry run with a new file of this text or these bytes, or with an existing file. */
export async function dryRun(
  given: { name: string; text: string | Uint8Array } | string,
  options: string[] = [],
) {
  const project = newProject()
  const file = typeof given === 'string' ? given : project.file(given.name)
  if (typeof given !== 'string') writeFileSync(file, given.text)
  return project.run('import-django', ['--dry-run', file, ...options], quiet)
}

/** Writes a file, and returns its path. */
export function fileOf(name: string, text: string | Uint8Array): string {
  const file = newProject().file(name)
  writeFileSync(file, text)
  return file
}

/** A user as dumpdata writes it. */
export const userRow = (pk: unknown, fields: Record<string, unknown> = {}) => ({
  model: 'auth.user',
  pk,
  fields: { email: `user${pk}@example.com`, password: '!', is_active: true, ...fields },
})

/** Imports files into SQL files, and applies these to a database in memory. */
export async function importFiles(files: string[], options: string[] = []) {
  const [project, other] = [newProject(), newProject()]
  const out = other.file('sql')
  const { status, output } = await project.run(
    'import-django',
    [...files, '--out', out, ...options],
    quiet,
  )
  assert.equal(status, 0, output)
  const database = new DatabaseSync(':memory:')
  migrate(database)
  for (const name of readdirSync(out).sort()) {
    database.exec(readFileSync(join(out, name), 'utf8'))
  }
  const all = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  return { out, output, all }
}
