// Tables of plain text, for the reports of import and export.

/** @param rows the cells of each line, the head first. Aligns the second column, of numbers, to the right. */
export function textTable(rows: string[][]): string {
  const [head = []] = rows
  const widths = head
    .slice(0, -1)
    .map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)))
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}
