// The SQL that restores: it makes the tables anew in the order of their references, then the rows, then what is made
// of rows. D1 runs a file as one transaction, so it is done whole or not at all.

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
  // For a table that refers to itself.
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

/** Fails, and all of the file with it, if somebody signed up since the target was looked at. */
const guard = ({ tables }: RestoreTarget) =>
  tables.includes('users')
    ? [
        'CREATE TABLE restore_guard (users integer CHECK (users = 0))',
        'INSERT INTO restore_guard SELECT count(*) FROM users',
        'DROP TABLE restore_guard',
      ]
    : []

/** An id is given out once, whether it was given out there or here. */
const lastIds = ({ sequences }: Export, target: RestoreTarget) =>
  [...sequences].map(([name, last]) => {
    const most = Math.max(last, target.sequences.get(name) ?? 0)
    return `INSERT INTO sqlite_sequence (name, seq) VALUES ('${name.replaceAll("'", "''")}', ${most})`
  })

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
