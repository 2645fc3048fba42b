// Checks beside the scenarios: an expected value, and the value that was found.

export interface Check {
  /** The group of the check; the report counts by group. */
  of: string
  what: string
  expected: unknown
  got: unknown
}

export interface Checked {
  checks: Check[]
  /** The checks that were not possible, with the reason. */
  skipped: string[]
}

export const allOf = (all: Checked[]): Checked => ({
  checks: all.flatMap(({ checks }) => checks),
  skipped: all.flatMap(({ skipped }) => skipped),
})

export const hasFailed = ({ expected, got }: Check) => expected !== got

/** The number of checks, and of those that held, for each group. */
export function countsOf(checks: Check[]) {
  const counts: Record<string, { checked: number; held: number }> = {}
  for (const check of checks) {
    const before = counts[check.of] ?? { checked: 0, held: 0 }
    const held = before.held + (hasFailed(check) ? 0 : 1)
    counts[check.of] = { checked: before.checked + 1, held }
  }
  return counts
}
