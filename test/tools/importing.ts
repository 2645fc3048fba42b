// What tests of the import share: its fixtures, and a way from files to rows without wrangler.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
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

/** Makes the tables. */
export function migrate(database: DatabaseSync) {
  for (const file of readdirSync('migrations').filter((name) => name.endsWith('.sql'))) {
    database.exec(readFileSync(join('migrations', file), 'utf8'))
  }
}

/** Imports into SQL files, and these into a database. */
export async function imported(files: string[], options: string[] = []) {
  const project = newProject()
  const { status, output } = await project.run(
    'import-django',
    [...files, '--out', project.file('sql'), ...options],
    quiet,
  )
  assert.equal(status, 0, output)
  const database = new DatabaseSync(':memory:')
  migrate(database)
  for (const name of readdirSync(project.file('sql')).sort()) {
    database.exec(readFileSync(project.file(`sql/${name}`), 'utf8'))
  }
  const all = (sql: string) =>
    database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  return { project, output, all }
}
