// The rows of the local database of the project.

import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { file } from './project.ts'

function inDatabase<T>(use: (database: DatabaseSync) => T): T {
  const [name] = globSync('.wrangler/state/v3/d1/**/*.sqlite', { cwd: file('.') }).filter(
    (each) => !each.endsWith('metadata.sqlite'),
  )
  assert.ok(name, 'the project has no local database')
  const database = new DatabaseSync(file(name))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

/** Every row of these tables. */
export const rowsOf = (...tables: string[]) =>
  inDatabase((database) =>
    Object.fromEntries(
      tables.map((table) => [
        table,
        database
          .prepare(`SELECT * FROM ${table}`)
          .all()
          .map((row) => ({ ...row })),
      ]),
    ),
  )

/** Tables with rows of a user that has logged in. */
export const personal = ['users', 'sessions', 'security_events']
