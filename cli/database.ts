// Reads the Worker's database through wrangler.

import { fail } from './fail.ts'
import { commandFor } from './project.ts'
import { runWrangler } from './wrangler.ts'

export type Row = Record<string, string | number | null>

const batchSize = 10_000

/**
 * The rows that a statement selects.
 * @param where `--local` or `--remote`, and further options of wrangler
 * @param advice printed after a failure
 */
export async function query(where: string[], sql: string, advice = ''): Promise<Row[]> {
  const { succeeded, stdout, output } = await runWrangler([
    ...['d1', 'execute', 'DB', ...where, '--json', '--command', sql],
  ])
  if (!succeeded) failOnDatabase(where, output, advice)
  const [{ results }] = JSON.parse(stdout) as [{ results: Row[] }]
  return results
}

/**
 * Yields every row, page by page.
 * @param select the SQL of rows with an `at`, a number, above `after`, and ordered by it
 */
export async function* everyRow(
  where: string[],
  select: (after: number) => string,
  advice = '',
): AsyncGenerator<Row> {
  for (let after = 0; ; ) {
    const page = await query(where, `${select(after)} LIMIT ${batchSize}`, advice)
    yield* page
    if (page.length < batchSize) return
    after = Number(page.at(-1)?.at)
  }
}

/** Fails with wrangler's output, without the values in it. */
export function failOnDatabase(where: string[], output: string, advice = ''): never {
  if (output.includes('no such table')) {
    const verb = where.includes('--remote') ? 'deploy' : 'dev'
    fail(`The database has no tables yet. First run ${commandFor(verb)}.`)
  }
  fail(`${withoutValues(output)}\n${advice}`.trimEnd())
}

/** Values in our SQL are hexadecimal literals (sql-literals.ts). */
export const withoutValues = (output: string) => output.replace(/X'[0-9a-f]*'/gi, "X'…'")
