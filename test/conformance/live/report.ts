// Prints the result of a run: every difference in full, then a table, then one line.

import { explain, isWrong, type Verdict } from '../compare.ts'
import type { Allowed } from '../differences.ts'
import type { Stack, VariantName } from '../variants.ts'
import { type Checked, countsOf, hasFailed } from './checks.ts'

export interface Result {
  stack: Stack
  variant: VariantName
  verdicts: Verdict[]
  /** Scenarios whose recorded responses are not Django's any more, with the same versions of its packages. */
  stale: string[]
  /** The same, with other versions. */
  changed: string[]
}

/** Prints the result, and returns whether all checks held. */
export function report(
  results: Result[],
  unused: Allowed[],
  { checks, skipped }: Checked,
): boolean {
  const verdicts = results.flatMap((result) => result.verdicts)
  const wrong = verdicts.filter(isWrong)
  const stale = named(results, 'stale')
  const failedChecks = checks.filter(hasFailed)
  const lines = [
    ...wrong.map(explain),
    ...failedChecks.map(
      ({ of, what, expected, got }) => `${of}: ${what}: ${got}, and not ${expected}`,
    ),
    ...unused.map(({ steps, reason }) => `Allowed, but nothing differs: ${steps} (${reason})`),
    ...stale.map((name) => `Not as recorded: ${name} (npm run conformance -- --record)`),
    ...named(results, 'changed').map((name) => `Django changed: ${name}`),
  ]
  console.log(lines.join('\n\n'))
  if (results.length > 0) console.table(results.map(summary))

  const failed = wrong.length + failedChecks.length + stale.length + unused.length
  if (checks.length > 0) console.table(countsOf(checks))
  for (const reason of skipped) console.log(`Skipped: ${reason}`)
  const passed = verdicts.length - wrong.length + checks.length - failedChecks.length
  console.log(`${passed} passed, ${failed} failed, ${skipped.length} skipped`)
  return failed === 0
}

const named = (results: Result[], kind: 'stale' | 'changed') =>
  results.flatMap((result) =>
    result[kind].map((name) => `${result.stack} ${result.variant}: ${name}`),
  )

function summary({ stack, variant, verdicts }: Result) {
  const same = verdicts.filter(({ differences }) => differences.length === 0).length
  const allowed = verdicts.filter(({ allowed }) => allowed).length
  const different = verdicts.length - same - allowed
  return { stack, variant, pairs: verdicts.length, same, allowed, different }
}
