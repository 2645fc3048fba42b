// Findings of an import or export, counted by kind, with a few examples of each. Memory does not grow with them.

import { textTable } from './text-table.ts'

export interface Kind {
  what: string
  /**
   * `left out`: not imported or exported. `imported`, `exported`: it is, and the operator should know of it. `replaced`:
   * another value is imported in its place. `kept`: the row here stays as it is.
   */
  outcome: 'left out' | 'imported' | 'replaced' | 'exported' | 'kept'
  /** The code for `--leave`: an import stops until it is named. */
  leave?: string
  /** A whole user is left out, which --skip-faulty also accepts. */
  isUser?: boolean
  /** Another way to settle it. */
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

/** What the operator accepts. */
export interface Accepted {
  /** Codes. */
  leave: string[]
  skipFaulty: boolean
}

/** The findings for which an import stops. */
export const unsettledFindings = (findings: Findings, { leave, skipFaulty }: Accepted) =>
  sortByOutcome(findings).filter(
    (finding) =>
      finding.leave !== undefined &&
      !leave.includes(finding.leave) &&
      !(skipFaulty && finding.isUser),
  )

/** One line for each code, with another way to settle it. */
export function adviceFor(findings: Finding[]): string {
  const byCode = new Map(findings.map(({ leave, advice }) => [leave ?? '', advice ?? '']))
  const width = Math.max(...[...byCode.keys()].map((leave) => leave.length))
  return [...byCode]
    .map(([leave, advice]) => `  --leave ${leave.padEnd(width)}  ${advice}`.trimEnd())
    .join('\n')
}

/** A table in plain text. What is left out comes first. */
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
  text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '?').slice(0, 60)
