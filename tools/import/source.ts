// Which kind of file it is, told by how it begins.

import { closeSync, openSync, readSync } from 'node:fs'
import { copyRows } from './copy.ts'
import { csvRows } from './csv.ts'
import { dumpdataRows, jsonlRows } from './dumpdata.ts'
import type { Reading, Row } from './rows.ts'
import { sqliteRows } from './sqlite.ts'

export function rowsOf(reading: Reading, users: string): AsyncGenerator<Row> {
  const start = startOf(reading.file)
  if (start.startsWith('SQLite format 3\0')) return sqliteRows(reading)
  const text = start.trimStart()
  const [first] = text
  if (first === '[') return dumpdataRows(reading)
  if (first === '{') return jsonlRows(reading)
  if (/^(--|SET |COPY \S+ \(|\\restrict )/i.test(text)) return copyRows(reading)
  return csvRows(reading, users)
}

function startOf(file: string): string {
  const descriptor = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(4096)
    return new TextDecoder().decode(bytes.subarray(0, readSync(descriptor, bytes)))
  } finally {
    closeSync(descriptor)
  }
}
