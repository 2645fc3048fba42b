// Rows of PostgreSQL's COPY in text, as `pg_dump` writes them: `COPY table (columns) FROM stdin;`, a line for
// each row, `\.` (https://www.postgresql.org/docs/current/sql-copy.html, "File Formats").

import { type Reading, type Row, tableOf } from './rows.ts'
import { lines } from './text.ts'

export async function* copyRows(reading: Reading): AsyncGenerator<Row> {
  let block: Block | undefined
  for await (const line of lines(reading)) {
    if (!block) {
      block = blockIn(line)
      if (block) reading.found(block.table)
    } else if (line === '\\.') {
      block = undefined
    } else if (reading.isWanted(block.table)) {
      yield rowIn(line, block)
    }
  }
  if (block) throw new Error(`the rows of ${block.table} break off.`)
}

interface Block {
  table: string
  columns: string[]
}

function blockIn(line: string): Block | undefined {
  const [, name, list] = /^COPY (\S+) \((.+)\) FROM stdin;$/i.exec(line) ?? []
  if (!name || !list) return undefined
  return {
    table: tableOf(name),
    columns: list.split(',').map((column) => column.trim().replaceAll('"', '')),
  }
}

function rowIn(line: string, { table, columns }: Block): Row {
  const values = line.split('\t').map(fieldIn)
  if (values.length !== columns.length) throw new Error(`a row of ${table} is cut short.`)
  return { table, values: Object.fromEntries(columns.map((name, i) => [name, values[i]])) }
}

const letters: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

export function fieldIn(field: string): string | null {
  if (field === '\\N') return null
  if (!field.includes('\\')) return field
  return field.replace(/((?:\\(?:[0-7]{1,3}|x[0-9a-f]{1,2}))+)|\\(.)/gis, (_, bytes, letter) =>
    bytes === undefined ? (letters[letter] ?? letter) : bytesIn(bytes),
  )
}

/** `\303\251` and `\xc3\xa9` are bytes of UTF-8. */
const bytesIn = (escapes: string) =>
  Buffer.from(
    [...escapes.matchAll(/\\(?:x([0-9a-f]{1,2})|([0-7]{1,3}))/gi)].map(([, hex, octal]) =>
      hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16),
    ),
  ).toString()
