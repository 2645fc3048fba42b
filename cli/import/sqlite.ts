// Reads rows of a SQLite file, which it opens read-only. It reads only the columns that are wanted.

import { DatabaseSync } from 'node:sqlite'
import { columnName, type Reading, type SourceRow, tableName } from './rows.ts'

export async function* sqliteRows(reading: Reading): AsyncGenerator<SourceRow> {
  const database = new DatabaseSync(reading.file, { readOnly: true })
  try {
    const decoder = decoderFor(database)
    const tables = tablesIn(database)
    let total = 0
    for (const { name, table } of tables) {
      const rows = countIn(database, `SELECT count(*) AS count FROM ${quoted(name)}`)
      reading.countRows(table, rows)
      if (reading.isWanted(table)) total += rows
    }
    let read = 0
    for (const { name, table } of tables.filter(({ table }) => reading.isWanted(table))) {
      for (const values of tableRows(database, name, table, reading)) {
        read++
        if (read % 1000 === 0) reading.advance(read / total)
        yield { table, values: decodeRow(values, table, read, decoder) }
      }
    }
  } finally {
    database.close()
  }
}

const tablesIn = (database: DatabaseSync) =>
  database
    .prepare(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
       AND sql NOT LIKE 'CREATE VIRTUAL%'`,
    )
    .all()
    .map(({ name }) => ({ name: String(name), table: tableName(String(name)) }))

function tableRows(database: DatabaseSync, name: string, table: string, reading: Reading) {
  const names = database
    .prepare('SELECT name FROM pragma_table_xinfo(?)')
    .all(name)
    .map((row) => String(row.name))
  const wanted = reading.columns(table, names.map(columnName))
  for (const column of names.filter((column) => !wanted.includes(columnName(column)))) {
    const filled = `SELECT count(*) AS count FROM ${quoted(name)} WHERE ${quoted(column)} <> ''`
    reading.countUnread(table, columnName(column), countIn(database, filled))
  }
  const list = names
    .filter((column) => wanted.includes(columnName(column)))
    .map((column) => `${asBytes(quoted(column))} AS ${quoted(columnName(column))}`)
  const select = database.prepare(`SELECT ${list.join(', ') || 'NULL'} FROM ${quoted(name)}`)
  select.setReadBigInts(true)
  return select.iterate() as Iterable<Record<string, unknown>>
}

/** SQL: the column with its texts as bytes. node:sqlite cuts a text at a NUL, and replaces bytes that are not UTF-8. */
const asBytes = (column: string) =>
  `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`

function decoderFor(database: DatabaseSync) {
  const { encoding } = database.prepare('PRAGMA encoding').get() ?? {}
  return new TextDecoder(String(encoding), { fatal: true, ignoreBOM: true })
}

function decodeRow(
  values: Record<string, unknown>,
  table: string,
  row: number,
  decoder: TextDecoder,
) {
  const entries = Object.entries(values).map(([name, value]) => {
    if (typeof value === 'bigint') {
      return [name, Number.isSafeInteger(Number(value)) ? Number(value) : value]
    }
    if (!(value instanceof Uint8Array)) return [name, value]
    try {
      return [name, decoder.decode(value)]
    } catch {
      const id = typeof values.id === 'bigint' ? `id ${values.id}` : `row ${row}`
      throw new Error(
        `${name} of ${table}, ${id}, is not UTF-8. Correct it in the database. The program that wrote it ` +
          'may have used Windows’ encoding, cp1252.',
      )
    }
  })
  return Object.fromEntries(entries)
}

const countIn = (database: DatabaseSync, sql: string) => Number(database.prepare(sql).get()?.count)

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
