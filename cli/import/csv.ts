// Reads rows of a CSV file with a header. The file's name is its table. If the import needs no table of that name, the
// file holds the users.

import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { columnName, type Reading, type SourceRow, tableName } from './rows.ts'
import { pieces } from './text.ts'

export async function* csvRows(
  reading: Reading,
  users: string,
  beginning: string,
): AsyncGenerator<SourceRow> {
  const name = tableName(basename(reading.file).replace(/\.[^.]*$/, ''))
  const table = reading.isWanted(name) ? name : users
  reading.countRows(table, 0)
  const { delimiter, from_line } = detectSeparator(beginning)
  let count = 0
  const columns = (header: string[]) => {
    count = header.length
    const names = header.map((name, index) => columnName(name) || `column_${index + 1}`)
    checkHeader(names, delimiter)
    reading.columns(table, names)
    return names
  }
  const records = parse({ columns, cast, delimiter, from_line, skip_empty_lines: true })
  // An error in the file or in the parser ends both, and the loop below.
  pipeline(Readable.from(pieces(reading)), records, () => undefined)
  try {
    for await (const values of records) {
      reading.countRows(table, 1)
      yield { table, values }
    }
  } catch (error) {
    throw error instanceof CsvError ? new Error(describeError(error, count)) : error
  }
}

/** PostgreSQL writes null as nothing, and an empty text as "". phpMyAdmin writes null as NULL, and MySQL as \N. */
function cast(value: string, { quoting, header }: { quoting: boolean; header: boolean }) {
  if (header) return value
  return value === '\\N' || (!quoting && (value === '' || value === 'NULL')) ? null : value
}

/** Finds the separator in the header. Excel may name it in a line of its own before the header (`sep=;`). */
function detectSeparator(beginning: string) {
  const [first = ''] = beginning.split(/[\r\n]/, 1)
  const [, named] = /^"?sep=(.)"?$/i.exec(first) ?? []
  if (named) return { delimiter: named, from_line: 2 }
  const unquoted = first.replace(/"[^"]*"/g, '')
  const count = (separator: string) => unquoted.split(separator).length
  const [delimiter = ','] = [',', ';', '\t', '|'].sort((one, other) => count(other) - count(one))
  return { delimiter, from_line: 1 }
}

/** A file without a header begins with a user's values. So only a name of a plain form may appear in a message. */
function checkHeader(names: string[], delimiter: string) {
  if (!names.every((name) => /^[\p{L}_][\p{L}\p{N}_ .()/-]{0,62}$/u.test(name))) {
    throw new Error(
      'its first line does not name columns. A CSV file must have a header, such as id,email,password,is_active. ' +
        'Any other file must be a SQLite file, or written by manage.py dumpdata or pg_dump.',
    )
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated) throw new Error(`its header names ${repeated} twice.`)
  if (names.length === 1) {
    const found = `its header has one column, ${names[0]}, if ${JSON.stringify(delimiter)} is the separator`
    throw new Error(`${found}. A comma, a semicolon, a tab or | must separate columns.`)
  }
}

/** The messages of csv-parse contain values, so they are not printed. */
function describeError({ code, ...context }: CsvError, columns: number): string {
  const { lines, record } = context as { lines?: number; record?: unknown[] }
  const has = Array.isArray(record) ? `has ${record.length} fields` : 'has more or fewer fields'
  if (/INCONSISTENT/.test(code)) return `line ${lines} ${has}, but the header has ${columns}.`
  if (code === 'CSV_QUOTE_NOT_CLOSED')
    return `line ${lines} has a quotation mark that is not closed.`
  if (/QUOTE/.test(code)) {
    return `line ${lines} has a quotation mark where none is allowed. Double it in a quoted field.`
  }
  return `line ${lines} cannot be read as CSV (${code}).`
}
