// What a run found, to read: every difference in full, then a table, then one line.

import { explain, isWrong, type Verdict } from '../compare.ts'
import type { Allowed } from '../differences.ts'
import type { Stack, VariantName } from '../variants.ts'
import { type Checked, countsOf, isRefuted } from './checks.ts'

export interface Result {
  stack: Stack
  variant: VariantName
  verdicts: Verdict[]
  /** Scenarios to which Django no longer answers what was written down, with the same versions. */
  stale: string[]
  /** The same, with others. */
  changed: string[]
}

/** Whether all is well. */
export function report(
  results: Result[],
  unused: Allowed[],
  { checks, skipped }: Checked,
): boolean {
  const verdicts = results.flatMap((result) => result.verdicts)
  const wrong = verdicts.filter(isWrong)
  const stale = named(results, 'stale')
  const refuted = checks.filter(isRefuted)
  const lines = [
    ...wrong.map(explain),
    ...refuted.map(({ of, what, expected, got }) => `${of}: ${what}: ${got}, and not ${expected}`),
    ...unused.map(({ steps, reason }) => `Allowed, but nothing differs: ${steps} (${reason})`),
    ...stale.map((name) => `Not as recorded: ${name} (npm run conformance -- --record)`),
    ...named(results, 'changed').map((name) => `Django changed: ${name}`),
  ]
  console.log(lines.join('\n\n'))
  if (results.length > 0) console.table(results.map(summary))

  const failed = wrong.length + refuted.length + stale.length + unused.length
  if (checks.length > 0) console.table(countsOf(checks))
  for (const reason of skipped) console.log(`Skipped: ${reason}`)
  const passed = verdicts.length - wrong.length + checks.length - refuted.length
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
