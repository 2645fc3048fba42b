// D1 through wrangler, so that a program can use the Worker's own code. Writes go into a file that only its owner can
// read, because every process can read a command line. Selects go on the command line, because wrangler returns no
// results for a file with `--remote`. So a batch runs its writes first, and no select may contain a secret.

import { drizzle } from 'drizzle-orm/d1'
import type { Database } from '../../src/db.ts'
import { failOnDatabase } from '../database.ts'
import { withSecretFile } from '../secret-file.ts'
import { sqlLiteral } from '../sql-literals.ts'
import { runWrangler } from '../wrangler.ts'

type ResultRow = Record<string, unknown>

interface Statement {
  text: string
}

/** @param where `--local` or `--remote`, and further options of wrangler */
export function databaseAt(where: string[]): Database {
  const db = drizzle(binding(where))
  return Object.assign(db, { once: db, replicas: undefined, trips: { near: 0, far: 0 } })
}

function binding(where: string[]): D1Database {
  const one = async (statement: Statement) => {
    const [rows = []] = await execute(where, [statement])
    return rows
  }
  const statement = (sql: string, values: unknown[] = []) => {
    const itself = { text: inlined(sql, values) }
    return {
      ...itself,
      bind: (...bound: unknown[]) => statement(sql, bound),
      all: async () => ({ results: await one(itself) }),
      run: async () => ({ results: await one(itself) }),
      raw: async () => (await one(itself)).map((row) => Object.values(row)),
    }
  }
  const batch = async (statements: Statement[]) =>
    (await execute(where, statements)).map((results) => ({ results }))
  return { prepare: (sql: string) => statement(sql), batch } as unknown as D1Database
}

/** The statement with a value for each question mark that is not in quotes. */
export function inlined(sql: string, values: unknown[]): string {
  let next = 0
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (found) =>
    found === '?' ? literal(values[next++]) : found,
  )
}

const literal = (value: unknown) => sqlLiteral(typeof value === 'boolean' ? Number(value) : value)

/** The rows of each statement, in order; none for a write. */
async function execute(where: string[], statements: Statement[]): Promise<ResultRow[][]> {
  const isSelect = ({ text }: Statement) => /^select /i.test(text)
  const writes = statements.filter((statement) => !isSelect(statement))
  if (writes.length > 0) {
    const sql = `${textOf(writes)};\n`
    await withSecretFile('user.sql', sql, (file) => runSql(where, ['--yes', '--file', file]))
  }
  const selects = statements.filter(isSelect)
  const results = selects.length > 0 ? await select(where, textOf(selects)) : []
  return statements.map((statement) => results[selects.indexOf(statement)] ?? [])
}

const textOf = (statements: Statement[]) => statements.map(({ text }) => text).join(';\n')

async function select(where: string[], selects: string): Promise<ResultRow[][]> {
  const output = await runSql(where, ['--json', '--command', selects])
  return (JSON.parse(output) as { results: ResultRow[] }[]).map(({ results }) => results)
}

async function runSql(where: string[], parameters: string[]): Promise<string> {
  const { succeeded, stdout, output } = await runWrangler([
    ...['d1', 'execute', 'DB', ...where, ...parameters],
  ])
  if (succeeded) return stdout
  return failOnDatabase(where, output, 'The statement failed.')
}
