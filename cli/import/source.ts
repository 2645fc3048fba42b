// Which kind of file it is, told by how it begins.

import { copyRows } from './copy.ts'
import { csvRows } from './csv.ts'
import { dumpdataRows, jsonlRows } from './dumpdata.ts'
import type { Reading, SourceRow } from './rows.ts'
import { sqliteRows } from './sqlite.ts'
import { isSqlite, startOf, unopened, unreadBinary, unreadText } from './start.ts'
import { encodingOf } from './text.ts'

/** So much as warnings that manage.py printed may take. */
const looked = 65_536

export async function* rowsOf(reading: Reading, users: string): AsyncGenerator<SourceRow> {
  const fault = unopened(reading.file)
  if (fault) throw new Error(fault)
  const bytes = startOf(reading.file, looked)
  if (isSqlite(bytes)) return yield* sqliteRows(reading)
  const unread = unreadBinary(bytes)
  if (unread) throw new Error(unread)
  yield* textRows(reading, users, new TextDecoder(encodingOf(bytes)).decode(bytes))
}

function textRows(reading: Reading, users: string, beginning: string): AsyncGenerator<SourceRow> {
  const text = beginning.trimStart()
  const unread = unreadText(text)
  if (unread) throw new Error(unread)
  const [first] = text
  if (first === '[') return dumpdataRows(reading)
  if (first === '{') return jsonlRows(reading)
  return sql.test(text) ? copyRows(reading) : csvRows(reading, users, text)
}

const sql =
  /^(--|\/\*|\\restrict |(SET|COPY|PRAGMA|BEGIN|START|INSERT|CREATE|DROP|ALTER|USE|DELETE|SELECT)\s)/i
