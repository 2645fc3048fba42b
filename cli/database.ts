// The Worker's database as tools read it, through wrangler.

import { fail } from './fail.ts'
import { askWrangler } from './wrangler.ts'

export type Row = Record<string, string | number | null>

const batchSize = 10_000

/** The answer to one statement. `where` is --local or --remote, `advice` what is said of a failure. */
export async function query(where: string[], sql: string, advice = ''): Promise<Row[]> {
  const { succeeded, answer, output } = await askWrangler([
    ...['d1', 'execute', 'DB', ...where, '--json', '--command', sql],
  ])
  if (!succeeded) refuseDatabase(output, advice)
  const [{ results }] = JSON.parse(answer) as [{ results: Row[] }]
  return results
}

/** Page by page; a statement names the number that it is ordered by `at`. */
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

export function refuseDatabase(output: string, advice = ''): never {
  if (output.includes('no such table')) {
    fail('The database has no tables yet: first npm run dev, or npm run deploy for --remote.')
  }
  fail(`${output.replace(/X'[0-9a-f]*'/gi, "X'…'")}\n${advice}`.trimEnd())
}
