// The SQL of a restore. It creates the tables in the order of their references, inserts the rows, and then creates
// indexes, triggers and views. D1 runs a file as one transaction, so all of it is applied or nothing.

import {
  appendFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  writeFileSync,
} from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { parentsFirst } from './order.ts'
import type { Export } from './reading.ts'
import type { RestoreTarget } from './target.ts'

export async function writeScript(file: string, found: Export, target: RestoreTarget) {
  const tables = parentsFirst([...found.tables.values()])
  const add = (statements: string[]) =>
    appendFileSync(file, statements.map((each) => `${each};\n`).join(''))

  writeFileSync(file, '', { mode: 0o600 })
  // A row may refer to a later row of the same table.
  add(['PRAGMA defer_foreign_keys=TRUE'])
  add(guard(target))
  add(target.views.map((name) => `DROP VIEW ${quoted(name)}`))
  add(target.tables.map((name) => `DROP TABLE ${quoted(name)}`))
  add(tables.map(({ sql }) => sql))
  for (const { rows } of tables) {
    if (existsSync(rows))
      await pipeline(createReadStream(rows), createWriteStream(file, { flags: 'a' }))
  }
  add(['DELETE FROM sqlite_sequence', ...lastIds(found, target)])
  add([...found.others.values()])
}

/** Makes the whole file fail if a user has signed up since the target was inspected. */
const guard = ({ tables }: RestoreTarget) =>
  tables.includes('users')
    ? [
        'CREATE TABLE restore_guard (users integer CHECK (users = 0))',
        'INSERT INTO restore_guard SELECT count(*) FROM users',
        'DROP TABLE restore_guard',
      ]
    : []

/** The last id of each table, so that a new row gets an id that neither the export nor the target has used. */
const lastIds = ({ sequences }: Export, target: RestoreTarget) =>
  [...sequences].map(([name, last]) => {
    const lastId = Math.max(last, target.sequences.get(name) ?? 0)
    return `INSERT INTO sqlite_sequence (name, seq) VALUES ('${name.replaceAll("'", "''")}', ${lastId})`
  })

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
