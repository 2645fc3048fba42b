// Reads rows of PostgreSQL's COPY in text format, which pg_dump writes: `COPY table (columns) FROM stdin;`, one line for
// each row, then `\.` (https://www.postgresql.org/docs/current/sql-copy.html, "File Formats").

import { columnName, type Reading, type SourceRow } from './rows.ts'
import { lines } from './text.ts'

export async function* copyRows(reading: Reading): AsyncGenerator<SourceRow> {
  const schemas = new Map<string, string>()
  let block: Block | undefined
  let number = 0
  for await (const line of lines(reading)) {
    number++
    if (!block) {
      block = parseHead(line)
      if (block) beginBlock(block, schemas, reading)
      else failOnInsert(line, reading)
    } else if (line === '\\.') {
      block = undefined
    } else {
      reading.countRows(block.table, 1)
      if (reading.isWanted(block.table)) yield parseRow(line, block, number)
    }
  }
  if (block) throw new Error(`it ends in the middle of the rows of ${block.table}.`)
}

interface Block {
  schema: string
  table: string
  columns: string[]
}

function parseHead(line: string): Block | undefined {
  const [, name, list] = /^COPY (\S+) \((.+)\) FROM stdin;$/i.exec(line) ?? []
  if (!name || !list) return undefined
  return {
    ...splitName(name),
    columns: list.split(',').map((column) => columnName(column.replaceAll('"', ''))),
  }
}

/** Separates the schema from the table, in lower case and without quotation marks. */
function splitName(name: string) {
  const parts = name.toLowerCase().replace(/["`]/g, '').split('.')
  return { table: parts.at(-1) ?? '', schema: parts.slice(0, -1).join('.') }
}

function beginBlock(
  { schema, table, columns }: Block,
  schemas: Map<string, string>,
  reading: Reading,
) {
  reading.countRows(table, 0)
  if (!reading.isWanted(table)) return
  const other = schemas.get(table)
  if (other !== undefined && other !== schema) {
    throw new Error(
      `it has the table ${table} in two schemas, ${other} and ${schema}. Export one schema: pg_dump -n SCHEMA.`,
    )
  }
  schemas.set(table, schema)
  reading.columns(table, columns)
}

function failOnInsert(line: string, { isWanted }: Reading) {
  const [, name] = /^INSERT INTO ([\w."`]+)/i.exec(line) ?? []
  if (!name || !isWanted(splitName(name).table)) return
  throw new Error(
    'it consists of INSERT statements, which the import does not read. Run pg_dump without --inserts. ' +
      'If SQLite wrote them, make a database: sqlite3 NEW < FILE. For any other database, use manage.py dumpdata.',
  )
}

function parseRow(line: string, { table, columns }: Block, number: number): SourceRow {
  const values = parseFields(line, number)
  if (values.length !== columns.length) {
    throw new Error(
      `line ${number}, a row of ${table}, has ${values.length} fields, but the table has ${columns.length} columns.`,
    )
  }
  return { table, values: Object.fromEntries(columns.map((name, i) => [name, values[i]])) }
}

function parseFields(line: string, number: number) {
  try {
    return line.split('\t').map(unescapeField)
  } catch {
    throw new Error(`line ${number} has escaped bytes that are not UTF-8. Use pg_dump -E UTF8.`)
  }
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescapeField(field: string): string | null {
  if (field === '\\N') return null
  if (!field.includes('\\')) return field
  return field.replace(/((?:\\(?:[0-7]{1,3}|x[0-9a-f]{1,2}))+)|\\(.)/gis, (_, bytes, letter) =>
    bytes === undefined ? (escapes[letter] ?? letter) : decodeBytes(bytes),
  )
}

/** Decodes escaped bytes of UTF-8, in octal or hexadecimal: `\303\251` and `\xc3\xa9` are both é. */
const decodeBytes = (escaped: string) =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
    Uint8Array.from(
      [...escaped.matchAll(/\\(?:x([0-9a-f]{1,2})|([0-7]{1,3}))/gi)].map(([, hex, octal]) =>
        hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16),
      ),
    ),
  )
