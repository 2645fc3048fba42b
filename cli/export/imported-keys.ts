// authtoken's keys that were imported from Django. Gatehouse stores only their hashes, so the keys themselves come from
// the file that was imported (--keys).

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Row } from '../database.ts'
import { rowsOf } from '../import/source.ts'
import type { FixtureRow } from './fixture.ts'
import type { ExportRun } from './run.ts'
import { primaryKeyOf } from './users.ts'

export const selectImported = (highestId: number) => (after: number) =>
  `SELECT rowid AS at, hash, user_id, created_at, (SELECT uuid FROM users WHERE id = user_id) AS uuid, EXISTS (SELECT 1 FROM auth_tokens ours
     WHERE ours.user_id = auth_tokens.user_id AND ours.nonce IS NOT NULL) AS has_other
   FROM auth_tokens WHERE nonce IS NULL AND rowid > ${after} AND user_id <= ${highestId} ORDER BY rowid`

const table = 'authtoken_token'
const needed = ['pk', 'key']

/** Rows of the keys in the file that are still valid here: one for each user, since Django allows no more. */
export async function* importedKeyRows(
  file: string,
  imported: AsyncIterable<Row>,
  { directory, settings }: Pick<ExportRun, 'directory' | 'settings'>,
  advance: (part: number) => void,
): AsyncGenerator<FixtureRow> {
  const database = new DatabaseSync(join(directory, 'keys.sqlite'))
  database.exec(`CREATE TABLE keys (hash TEXT PRIMARY KEY, id INTEGER UNIQUE, uuid TEXT, created_at INTEGER)
    WITHOUT ROWID; BEGIN`)
  const insert = database.prepare('INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)')
  const take = database.prepare('DELETE FROM keys WHERE hash = ? RETURNING id, uuid, created_at')
  for await (const { hash, user_id, uuid, created_at, has_other } of imported) {
    if (has_other !== 1) insert.run(...([hash, user_id, uuid, created_at] as SQLInputValue[]))
  }
  let hasTable = false
  const isWanted = (name: string) => name === table
  const countRows = (name: string) => {
    hasTable ||= isWanted(name)
  }
  const columns = (_table: string, names: string[]) => names.filter((name) => needed.includes(name))
  const reading = { file, isWanted, countRows, columns, countUnread: () => undefined, advance }
  for await (const { values } of rowsOf(reading, 'users')) {
    const key = String(values.key ?? values.pk)
    const row = take.get(createHash('sha256').update(key).digest('hex'))
    if (!row) continue
    const created = new Date(Number(row.created_at)).toISOString()
    yield {
      model: 'authtoken.token',
      pk: key,
      fields: { user: primaryKeyOf(settings, row as Row), created },
    }
  }
  database.close()
  if (!hasTable) throw new Error(`it has no table ${table}.`)
}
