// Rows of a CSV file with a header. It is named after its table; any other name is the users'.

import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { type Reading, type Row, tableOf } from './rows.ts'
import { pieces } from './text.ts'

export async function* csvRows(reading: Reading, users: string): AsyncGenerator<Row> {
  const name = tableOf(basename(reading.file).replace(/\.[^.]*$/, ''))
  const table = reading.isWanted(name) ? name : users
  reading.found(table)
  // PostgreSQL writes NULL as nothing and an empty text as "".
  const cast = (value: string, { quoting, header }: { quoting: boolean; header: boolean }) =>
    value === '' && !quoting && !header ? null : value
  const records = parse({ columns: true, cast })
  // A fault of either ends both, and the loop with it.
  pipeline(Readable.from(pieces(reading)), records, () => undefined)
  for await (const values of records) yield { table, values }
}
