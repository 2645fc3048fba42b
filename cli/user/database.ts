// D1 through wrangler, so that tools do what the Worker does by the same code. What is written goes in a file
// that its owner alone reads, for a command line is read by all; what is asked, as a command: of a file,
// `--remote` tells no results. So a batch writes first and asks then, and no question holds a secret.

import { drizzle } from 'drizzle-orm/d1'
import type { Database } from '../../src/db.ts'
import { fail } from '../fail.ts'
import { withSecretFile } from '../secret-file.ts'
import { sqlOf } from '../sql-literals.ts'
import { askWrangler } from '../wrangler.ts'

type ResultRow = Record<string, unknown>

interface Statement {
  text: string
}

/** @param where `--local` or `--remote`, and further parameters of `wrangler d1 execute` */
export function databaseAt(where: string[]): Database {
  const db = drizzle(binding(where))
  return Object.assign(db, { once: db })
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

/** With its values in place of the question marks, but for those in quotes. */
export function inlined(sql: string, values: unknown[]): string {
  let next = 0
  return sql.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (found) =>
    found === '?' ? literal(values[next++]) : found,
  )
}

const literal = (value: unknown) => sqlOf(typeof value === 'boolean' ? Number(value) : value)

/** The rows of each, in order; none of what was written. */
async function execute(where: string[], statements: Statement[]): Promise<ResultRow[][]> {
  const isQuestion = ({ text }: Statement) => /^select /i.test(text)
  const writes = statements.filter((statement) => !isQuestion(statement))
  if (writes.length > 0) {
    const sql = `${textOf(writes)};\n`
    await withSecretFile('user.sql', sql, (file) => ask(where, ['--yes', '--file', file]))
  }
  const questions = statements.filter(isQuestion)
  const answers = questions.length > 0 ? await answersTo(where, textOf(questions)) : []
  return statements.map((statement) => answers[questions.indexOf(statement)] ?? [])
}

const textOf = (statements: Statement[]) => statements.map(({ text }) => text).join(';\n')

async function answersTo(where: string[], questions: string): Promise<ResultRow[][]> {
  const answer = await ask(where, ['--json', '--command', questions])
  return (JSON.parse(answer) as { results: ResultRow[] }[]).map(({ results }) => results)
}

async function ask(where: string[], parameters: string[]): Promise<string> {
  const call = ['d1', 'execute', 'DB', ...where, ...parameters]
  const { succeeded, answer, output } = await askWrangler(call)
  if (succeeded) return answer
  if (output.includes('no such table')) {
    const isRemote = where.includes('--remote')
    fail(`The database has no tables yet: first npm run ${isRemote ? 'deploy' : 'dev'}.`)
  }
  return fail(`${output.replace(/X'[0-9a-f]*'/gi, "X'…'")}\nD1 did not do it.`)
}
