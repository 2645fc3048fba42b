// Shared by tests of the export: a project whose database is a file, and a reader of its fixtures.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrate, quiet } from './importing.ts'
import { newProject } from './project.ts'

export interface Row {
  model: string
  pk: string | number
  fields: Record<string, unknown>
}

export const secretKey = 'a-secret-key-of-the-tests-0123456789-0123456789'

/** A wrangler that answers a statement, records its calls, and fails at call FAIL_AT. */
const fakeWrangler = `
  const { appendFileSync, readFileSync } = require('node:fs')
  const { DatabaseSync } = require('node:sqlite')
  const parameters = process.argv.slice(2)
  appendFileSync('calls', JSON.stringify(parameters) + '\\n')
  const calls = readFileSync('calls', 'utf8').split('\\n').length - 1
  if (String(calls) === process.env.FAIL_AT) {
    console.error('D1_ERROR: not now')
    process.exit(1)
  }
  const database = new DatabaseSync('d1.sqlite')
  console.log(JSON.stringify([{ results: database.prepare(parameters.at(-1)).all() }]))
`

export function newSource() {
  const project = newProject({ fakeWrangler })
  const database = new DatabaseSync(project.file('d1.sqlite'))
  migrate(database)
  const folder = newProject().file('exported')
  const runExport = (options: string[] = [], env: Record<string, string> = {}, out = folder) =>
    project.run('export-django', ['--out', out, ...options], {
      ...quiet,
      SECRET_KEY: secretKey,
      ...env,
    })
  /** Adds a user. @param given values that differ from the usual ones */
  function addUser(id: number, given: Record<string, string | number | null> = {}) {
    const email = `user${id}@example.com`
    const usual = { id, email, password: '!', status: 'active', date_joined: 5 }
    insert('users', { ...usual, email_key: given.email ?? email, ...given })
  }
  function insert(table: string, row: Record<string, string | number | null>) {
    const marks = Object.keys(row).map(() => '?')
    database
      .prepare(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${marks.join(', ')})`)
      .run(...Object.values(row))
  }
  const calls = (): string[][] =>
    readFileSync(project.file('calls'), 'utf8')
      .trim()
      .split('\n')
      .map((call) => JSON.parse(call))
  return { project, database, folder, runExport, addUser, insert, calls }
}

/** The rows of a fixture; none if there is no file. */
export function rowsIn(folder: string, name: string): Row[] {
  const file = join(folder, name)
  if (!existsSync(file)) return []
  const text = readFileSync(file, 'utf8')
  if (!name.endsWith('l')) return JSON.parse(text)
  return text
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row))
}
