// What is wrong, counted by kind, with a few examples of each; never more of it in memory.

export interface Finding {
  what: string
  /**
   * `left out`: not imported. `imported`: it is, and somebody should know. `exported`:
   * likewise. `kept`: the row here stays.
   */
  outcome: 'left out' | 'imported' | 'exported' | 'kept'
  rows: number
  examples: string[]
}

export type Findings = Map<string, Finding>

const shown = 5

export function find(
  findings: Findings,
  outcome: Finding['outcome'],
  what: string,
  example: string,
  rows = 1,
) {
  const finding = findings.get(what) ?? { what, outcome, rows: 0, examples: [] }
  findings.set(what, finding)
  finding.rows += rows
  if (example !== '' && finding.examples.length < shown) finding.examples.push(printable(example))
}

export const leftOut = (findings: Findings) =>
  [...findings.values()].some(({ outcome }) => outcome === 'left out')

/** As a table in plain text, what is left out first. */
export function tableIn(findings: Findings): string {
  const rank = ['left out', 'imported', 'exported', 'kept']
  const body = [...findings.values()]
    .sort((one, other) => rank.indexOf(one.outcome) - rank.indexOf(other.outcome))
    .map(({ what, outcome, rows, examples }) => [
      what,
      String(rows),
      outcome,
      `${examples.join(', ')}${rows > examples.length && examples.length > 0 ? ', …' : ''}`,
    ])
  return columned([['what', 'rows', 'they are', 'for example, by id'], ...body])
}

/** Lines of cells, the second a number. */
export function columned(all: string[][]): string {
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

/** A value of somebody else's, without what would move a terminal's cursor. */
const printable = (text: string) => JSON.stringify(text).slice(1, -1).slice(0, 60)
