// The Worker's database as tools read it, through wrangler.

import { refuse } from './fail.ts'
import { askWrangler } from './wrangler.ts'

export type Found = Record<string, string | number | null>

const rowsAtOnce = 10_000

/** The answer to one statement. `where` is --local or --remote, `advice` what is said of a failure. */
export async function query(where: string[], sql: string, advice = ''): Promise<Found[]> {
  const { succeeded, answer, output } = await askWrangler([
    ...['d1', 'execute', 'DB', ...where, '--json', '--command', sql],
  ])
  if (!succeeded) refuseDatabase(output, advice)
  const [{ results }] = JSON.parse(answer) as [{ results: Found[] }]
  return results
}

/** Page by page; a statement names the number that it is ordered by `at`. */
export async function* everyRow(
  where: string[],
  select: (after: number) => string,
  advice = '',
): AsyncGenerator<Found> {
  for (let after = 0; ; ) {
    const page = await query(where, `${select(after)} LIMIT ${rowsAtOnce}`, advice)
    yield* page
    if (page.length < rowsAtOnce) return
    after = Number(page.at(-1)?.at)
  }
}

export function refuseDatabase(output: string, advice = ''): never {
  if (output.includes('no such table')) {
    refuse('The database has no tables yet: first npm run dev, or npm run deploy for --remote.')
  }
  refuse(`${output.replace(/X'[0-9a-f]*'/gi, "X'…'")}\n${advice}`.trimEnd())
}
