// Rows of a CSV file with a header. It is named after its table; any other name is the users'.

import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { columnName, type Reading, type SourceRow, tableOf } from './rows.ts'
import { pieces } from './text.ts'

export async function* csvRows(
  reading: Reading,
  users: string,
  beginning: string,
): AsyncGenerator<SourceRow> {
  const name = tableOf(basename(reading.file).replace(/\.[^.]*$/, ''))
  const table = reading.isWanted(name) ? name : users
  reading.found(table, 0)
  const { delimiter, from_line } = separated(beginning)
  let count = 0
  const columns = (header: string[]) => {
    count = header.length
    const names = header.map((name, index) => columnName(name) || `column_${index + 1}`)
    refuseValues(names, delimiter)
    reading.columns(table, names)
    return names
  }
  const records = parse({ columns, cast, delimiter, from_line, skip_empty_lines: true })
  // A fault of either ends both, and the loop with it.
  pipeline(Readable.from(pieces(reading)), records, () => undefined)
  try {
    for await (const values of records) {
      reading.found(table, 1)
      yield { table, values }
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(faultOf(error, count)) : error
  }
}

/** PostgreSQL writes NULL as nothing and an empty text as "", phpMyAdmin NULL, MySQL \N. */
function cast(value: string, { quoting, header }: { quoting: boolean; header: boolean }) {
  if (header) return value
  return value === '\\N' || (!quoting && (value === '' || value === 'NULL')) ? null : value
}

/** By the header; Excel may say it in a line before. */
function separated(beginning: string) {
  const [first = ''] = beginning.split(/[\r\n]/, 1)
  const [, said] = /^"?sep=(.)"?$/i.exec(first) ?? []
  if (said) return { delimiter: said, from_line: 2 }
  const bare = first.replace(/"[^"]*"/g, '')
  const count = (separator: string) => bare.split(separator).length
  const [delimiter = ','] = [',', ';', '\t', '|'].sort((one, other) => count(other) - count(one))
  return { delimiter, from_line: 1 }
}

/** What may be somebody's hash or address must not get into a sentence as a column's name. */
function refuseValues(names: string[], delimiter: string) {
  if (!names.every((name) => /^[\p{L}_][\p{L}\p{N}_ .()/-]{0,62}$/u.test(name))) {
    throw new Error(
      'its first line does not name columns. A CSV file needs a header, as id,email,password,is_active; ' +
        'any other file is one of SQLite, manage.py dumpdata or pg_dump.',
    )
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw new Error(`its header names ${twice} twice.`)
  if (names.length === 1) {
    const found = `its header has one column, ${names[0]}, by the separator ${JSON.stringify(delimiter)}`
    throw new Error(`${found}; a comma, a semicolon, a tab or | separates columns.`)
  }
}

/** csv-parse's own sentences hold values. */
function faultOf({ code, ...context }: CsvError, columns: number): string {
  const { lines, record } = context as { lines?: number; record?: unknown[] }
  const has = Array.isArray(record) ? `has ${record.length} fields` : 'has more or fewer fields'
  if (/INCONSISTENT/.test(code)) return `line ${lines} ${has}, and the header ${columns}.`
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `a quotation mark is not closed, at line ${lines}.`
  if (/QUOTE/.test(code)) {
    return `line ${lines} has a quotation mark where none may stand. In a quoted field it is doubled.`
  }
  return `line ${lines} cannot be read as CSV (${code}).`
}
