// Findings of an import or export, counted by kind, with a few examples of each. Memory does not grow with them.

import { textTable } from './text-table.ts'

export interface Kind {
  what: string
  /**
   * `left out`: not imported or exported. `imported`, `exported`: imported or exported, and reported to the operator.
   * `replaced`: another value is imported instead. `kept`: the row here stays as it is.
   */
  outcome: 'left out' | 'imported' | 'replaced' | 'exported' | 'kept'
  /** The code that accepts the finding (`--leave CODE`). Without it the import stops. */
  leave?: string
  /** Whether a whole user is left out. --skip-faulty accepts that too. */
  isUser?: boolean
  /** What the operator can do instead of --leave. */
  advice?: string
}

interface Finding extends Kind {
  rows: number
  examples: string[]
}

export type Findings = Map<string, Finding>

const maxExamples = 5

/** Counts a finding. @param example an id; never a personal or secret value */
export function report(findings: Findings, kind: Kind, example = '', rows = 1) {
  const finding = findings.get(kind.what) ?? { ...kind, rows: 0, examples: [] }
  findings.set(kind.what, finding)
  finding.rows += rows
  if (example !== '' && finding.examples.length < maxExamples) {
    finding.examples.push(printable(example))
  }
}

/** The losses that the operator accepts. */
export interface Accepted {
  /** The codes of `--leave`. */
  leave: string[]
  skipFaulty: boolean
}

/** The findings that stop an import, because the operator did not accept them. */
export const unsettledFindings = (findings: Findings, { leave, skipFaulty }: Accepted) =>
  sortByOutcome(findings).filter(
    (finding) =>
      finding.leave !== undefined &&
      !leave.includes(finding.leave) &&
      !(skipFaulty && finding.isUser),
  )

/** One line for each code, with the advice for it. */
export function adviceFor(findings: Finding[]): string {
  const byCode = new Map(findings.map(({ leave, advice }) => [leave ?? '', advice ?? '']))
  const width = Math.max(...[...byCode.keys()].map((leave) => leave.length))
  return [...byCode]
    .map(([leave, advice]) => `  --leave ${leave.padEnd(width)}  ${advice}`.trimEnd())
    .join('\n')
}

/** A table in plain text. Losses come first. */
export function findingsTable(findings: Findings): string {
  const lines = sortByOutcome(findings).map(({ what, outcome, rows, examples }) => [
    what,
    String(rows),
    outcome,
    `${examples.join(', ')}${rows > examples.length && examples.length > 0 ? ', …' : ''}`,
  ])
  return textTable([['what', 'rows', 'they are', 'for example, by id'], ...lines])
}

function sortByOutcome(findings: Findings) {
  const rank = ['left out', 'replaced', 'imported', 'exported', 'kept']
  return [...findings.values()].sort(
    (one, other) => rank.indexOf(one.outcome) - rank.indexOf(other.outcome),
  )
}

/** A text from a file, without characters that move a terminal's cursor or reverse its text. */
export const printable = (text: string) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '?').slice(0, 80)
