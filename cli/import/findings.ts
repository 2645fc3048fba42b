// What is wrong, counted by kind, with a few examples of each; never more of it in memory.

export interface Kind {
  what: string
  /**
   * `left out`: not imported. `imported`: it is, and the operator should know. `replaced`: something else
   * is in its place. `exported`: likewise. `kept`: the row here stays.
   */
  outcome: 'left out' | 'imported' | 'replaced' | 'exported' | 'kept'
  /** An import refuses until `--leave` names this. */
  leave?: string
  /** A whole user is left out, which --skip-faulty allows as well. */
  isUser?: boolean
  /** How to settle it in another way. */
  advice?: string
}

interface Finding extends Kind {
  rows: number
  examples: string[]
}

export type Findings = Map<string, Finding>

const maxExamples = 5

/** @param example an id: never a value that is personal or secret */
export function report(findings: Findings, kind: Kind, example = '', rows = 1) {
  const finding = findings.get(kind.what) ?? { ...kind, rows: 0, examples: [] }
  findings.set(kind.what, finding)
  finding.rows += rows
  if (example !== '' && finding.examples.length < maxExamples)
    finding.examples.push(printable(example))
}

export interface Answers {
  leave: string[]
  skipFaulty: boolean
}

/** What an import refuses for. */
export const unsettledFindings = (findings: Findings, { leave, skipFaulty }: Answers) =>
  sorted(findings).filter(
    (finding) =>
      finding.leave !== undefined &&
      !leave.includes(finding.leave) &&
      !(skipFaulty && finding.isUser),
  )

/** A line for each way of leaving something, with what may be done in its place. */
export function adviceIn(findings: Finding[]): string {
  const byAnswer = new Map(findings.map(({ leave, advice }) => [leave ?? '', advice ?? '']))
  const width = Math.max(...[...byAnswer.keys()].map((leave) => leave.length))
  return [...byAnswer]
    .map(([leave, advice]) => `  --leave ${leave.padEnd(width)}  ${advice}`.trimEnd())
    .join('\n')
}

/** As a table in plain text, what is left out first. */
export function tableIn(findings: Findings): string {
  const body = sorted(findings).map(({ what, outcome, rows, examples }) => [
    what,
    String(rows),
    outcome,
    `${examples.join(', ')}${rows > examples.length && examples.length > 0 ? ', …' : ''}`,
  ])
  return columnName([['what', 'rows', 'they are', 'for example, by id'], ...body])
}

function sorted(findings: Findings) {
  const rank = ['left out', 'replaced', 'imported', 'exported', 'kept']
  return [...findings.values()].sort(
    (one, other) => rank.indexOf(one.outcome) - rank.indexOf(other.outcome),
  )
}

/** Lines of cells, the second a number. */
export function columnName(all: string[][]): string {
  const [head = []] = all
  const widths = head
    .slice(0, -1)
    .map((_, i) => Math.max(...all.map((cells) => cells[i]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return all.map(line).join('\n')
}

/** A text from a file, without what would move a terminal's cursor or turn its text around. */
export const printable = (text: string) =>
  text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '?').slice(0, 60)
