// Tables and cells of the verb `user`.

import { printable } from './terminal.ts'

/** Lines of cells, in aligned columns. */
export function table(head: string[], rows: string[][]): string {
  const lines = [head, ...rows.map((cells) => cells.map(printable))]
  const widths = head.map((_, i) => Math.max(...lines.map((cells) => cells[i]?.length ?? 0)))
  return lines
    .map((cells) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

/** A time in UTC, to the minute; empty for null. */
export const timeCell = (time: Date | null) =>
  time ? `${time.toISOString().slice(0, 16).replace('T', ' ')}Z` : ''

/** A row with the names of its columns in SQL, which requests use too. */
export const bySqlName = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  )
