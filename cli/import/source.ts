// Recognises the kind of a file by its first bytes, and reads its rows.

import { copyRows } from './copy.ts'
import { csvRows } from './csv.ts'
import { dumpdataRows, jsonlRows } from './dumpdata.ts'
import type { Reading, SourceRow } from './rows.ts'
import { sqliteRows } from './sqlite.ts'
import { binaryError, isSqlite, openError, startOf, textError } from './start.ts'
import { encodingOf } from './text.ts'

/** Bytes; long enough for warnings that manage.py may print before the data. */
const startLength = 65_536

export async function* rowsOf(reading: Reading, users: string): AsyncGenerator<SourceRow> {
  failIfAny(openError(reading.file))
  const bytes = startOf(reading.file, startLength)
  if (isSqlite(bytes)) return yield* sqliteRows(reading)
  failIfAny(binaryError(bytes))
  yield* textRows(reading, users, new TextDecoder(encodingOf(bytes)).decode(bytes))
}

function textRows(reading: Reading, users: string, beginning: string): AsyncGenerator<SourceRow> {
  const text = beginning.trimStart()
  failIfAny(textError(text))
  const [first] = text
  if (first === '[') return dumpdataRows(reading)
  if (first === '{') return jsonlRows(reading)
  return sql.test(text) ? copyRows(reading) : csvRows(reading, users, text)
}

function failIfAny(error: string | undefined) {
  if (error) throw new Error(error)
}

const sql =
  /^(--|\/\*|\\restrict |(SET|COPY|PRAGMA|BEGIN|START|INSERT|CREATE|DROP|ALTER|USE|DELETE|SELECT)\s)/i
