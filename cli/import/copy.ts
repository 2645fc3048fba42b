// Rows of PostgreSQL's COPY in text, as `pg_dump` writes them: `COPY table (columns) FROM stdin;`, a line for
// each row, `\.` (https://www.postgresql.org/docs/current/sql-copy.html, "File Formats").

import { columnName, type Reading, type SourceRow } from './rows.ts'
import { lines } from './text.ts'

export async function* copyRows(reading: Reading): AsyncGenerator<SourceRow> {
  const schemas = new Map<string, string>()
  let block: Block | undefined
  let number = 0
  for await (const line of lines(reading)) {
    number++
    if (!block) {
      block = blockIn(line)
      if (block) begin(block, schemas, reading)
      else refuseInsert(line, reading)
    } else if (line === '\\.') {
      block = undefined
    } else {
      reading.found(block.table, 1)
      if (reading.isWanted(block.table)) yield rowIn(line, block, number)
    }
  }
  if (block) throw new Error(`the rows of ${block.table} break off.`)
}

interface Block {
  schema: string
  table: string
  columns: string[]
}

function blockIn(line: string): Block | undefined {
  const [, name, list] = /^COPY (\S+) \((.+)\) FROM stdin;$/i.exec(line) ?? []
  if (!name || !list) return undefined
  return {
    ...parted(name),
    columns: list.split(',').map((column) => columnName(column.replaceAll('"', ''))),
  }
}

/** A table is the same in every schema. */
function parted(name: string) {
  const parts = name.toLowerCase().replace(/["`]/g, '').split('.')
  return { table: parts.at(-1) ?? '', schema: parts.slice(0, -1).join('.') }
}

function begin({ schema, table, columns }: Block, schemas: Map<string, string>, reading: Reading) {
  reading.found(table, 0)
  if (!reading.isWanted(table)) return
  const other = schemas.get(table)
  if (other !== undefined && other !== schema) {
    throw new Error(
      `it has ${table} of two schemas, ${other} and ${schema}: take one out with pg_dump -n.`,
    )
  }
  schemas.set(table, schema)
  reading.columns(table, columns)
}

function refuseInsert(line: string, { isWanted }: Reading) {
  const [, name] = /^INSERT INTO ([\w."`]+)/i.exec(line) ?? []
  if (!name || !isWanted(parted(name).table)) return
  throw new Error(
    'it is SQL of INSERT statements, which is not read. Run pg_dump without --inserts; of SQLite’s ' +
      'make a database: sqlite3 NEW < FILE; of any other take manage.py dumpdata.',
  )
}

function rowIn(line: string, { table, columns }: Block, number: number): SourceRow {
  const values = fieldsIn(line, number)
  if (values.length !== columns.length) {
    throw new Error(
      `line ${number}, a row of ${table}, has ${values.length} fields in place of ${columns.length}.`,
    )
  }
  return { table, values: Object.fromEntries(columns.map((name, i) => [name, values[i]])) }
}

function fieldsIn(line: string, number: number) {
  try {
    return line.split('\t').map(fieldIn)
  } catch {
    throw new Error(`line ${number} has bytes in \\ that are not UTF-8. Take pg_dump -E UTF8.`)
  }
}

const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function fieldIn(field: string): string | null {
  if (field === '\\N') return null
  if (!field.includes('\\')) return field
  return field.replace(/((?:\\(?:[0-7]{1,3}|x[0-9a-f]{1,2}))+)|\\(.)/gis, (_, bytes, letter) =>
    bytes === undefined ? (letters[letter] ?? letter) : bytesIn(bytes),
  )
}

/** `\303\251` and `\xc3\xa9` are bytes of UTF-8. */
const bytesIn = (escapes: string) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    Uint8Array.from(
      [...escapes.matchAll(/\\(?:x([0-9a-f]{1,2})|([0-7]{1,3}))/gi)].map(([, hex, octal]) =>
        hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16),
      ),
    ),
  )
