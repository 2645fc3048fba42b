// Reads an export of D1 statement by statement, and sorts the statements by purpose. The rows of each table go into a
// file, because they may not fit into memory.

import { appendFileSync, createReadStream } from 'node:fs'
import { join } from 'node:path'
import { isAt, type Statement, statementsIn, type Token, tableAt } from '../sql.ts'
import { insertsFrom } from './long-rows.ts'

export interface Table {
  name: string
  sql: string
  tokens: Token[]
  /** The file with its rows, as statements. */
  rows: string
  count: number
}

export interface Export {
  /** By name. */
  tables: Map<string, Table>
  /** The last id that each table gave to a row, by the table's name. */
  sequences: Map<string, number>
  /** The statements that create indexes, triggers and views, by name. */
  others: Map<string, string>
  /** The names of the migrations that were applied. */
  migrations: string[]
}

/** The file is not a complete export. The message says why. */
export class ExportError extends Error {
  override name = 'ExportError'
}

/**
 * @param folder for the files with rows; only the operator may read it
 * @throws ExportError
 */
export async function readExport(file: string, folder: string): Promise<Export> {
  const found: Export = {
    tables: new Map(),
    sequences: new Map(),
    others: new Map(),
    migrations: [],
  }
  for await (const statement of statementsOf(file)) take(found, statement, folder)
  return found
}

async function* statementsOf(file: string): AsyncGenerator<Statement> {
  let rest = ''
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 2 ** 20 })) {
    if (chunk.includes('\0')) throw new ExportError('it is not text. It must be plain SQL')
    rest += chunk
    let read = 0
    for (const statement of statementsIn(rest)) {
      if (statement.end === undefined) break
      yield statement
      read = statement.end
    }
    rest = rest.slice(read)
  }
  const [last] = statementsIn(rest)
  if (last) throw new ExportError('it ends in the middle of a statement')
}

function take(found: Export, statement: Statement, folder: string) {
  const { text, tokens } = statement
  if (isAt(tokens, 0, 'CREATE', 'TABLE')) return takeTable(found, statement, folder)
  if (isAt(tokens, 0, 'INSERT', 'INTO')) return takeRow(found, statement)
  if (isAt(tokens, 0, 'CREATE') && !isAt(tokens, 1, 'VIRTUAL')) {
    const at = tokens.findIndex(({ text }) => /^(INDEX|TRIGGER|VIEW)$/.test(text))
    if (at > 0) return found.others.set(tableAt(tokens, at + 1).table, text)
  }
  // The restore writes its own statements around the rows.
  const isFrame = /^(PRAGMA|BEGIN|COMMIT)$/.test(tokens[0]?.text ?? '')
  if (isFrame || /^DELETE FROM "?sqlite_sequence"?$/i.test(text.trim())) return
  const words = tokens.slice(0, 2).map((token) => token.text)
  throw new ExportError(`it contains a statement that no export has: ${words.join(' ')} …`)
}

function takeTable({ tables }: Export, { text, tokens }: Statement, folder: string) {
  const { table: name } = tableAt(tokens, 2)
  const rows = join(folder, `rows-${tables.size}.sql`)
  tables.set(name, { name, sql: text, tokens, rows, count: 0 })
}

function takeRow({ tables, sequences, migrations }: Export, statement: Statement) {
  const { tokens } = statement
  const { table: name } = tableAt(tokens, 2)
  const texts = tokens.filter(({ kind }) => kind === 'literal').map((token) => token.text)
  if (name === 'sqlite_sequence') {
    const [table = '', last = ''] = texts
    sequences.set(table.slice(1, -1).toLowerCase(), Number(last))
    return
  }
  const table = tables.get(name)
  if (!table) throw new ExportError(`it has rows of ${name}, but not the table itself`)
  if (name === 'd1_migrations') {
    migrations.push(
      ...texts.filter((each) => /\.sql'$/.test(each)).map((each) => each.slice(1, -1)),
    )
  }
  const statements = insertsFrom(statement, table.name)
  appendFileSync(table.rows, statements.map((each) => `${each};\n`).join(''), { mode: 0o600 })
  table.count += 1
}
