// What is found beside the scenarios: one thing that should be so, and what it was.

export interface Check {
  /** What it is one of; the report counts by it. */
  of: string
  what: string
  expected: unknown
  got: unknown
}

export interface Checked {
  checks: Check[]
  /** What could not be looked at, and why. */
  skipped: string[]
}

export const allOf = (all: Checked[]): Checked => ({
  checks: all.flatMap(({ checks }) => checks),
  skipped: all.flatMap(({ skipped }) => skipped),
})

export const isRefuted = ({ expected, got }: Check) => expected !== got

/** How many there were and how many held, by what they are of. */
export function countsOf(checks: Check[]) {
  const counts: Record<string, { checked: number; held: number }> = {}
  for (const check of checks) {
    const before = counts[check.of] ?? { checked: 0, held: 0 }
    const held = before.held + (isRefuted(check) ? 0 : 1)
    counts[check.of] = { checked: before.checked + 1, held }
  }
  return counts
}
