// Markdown: tables, code and anchors.

/** Rows of cells; nothing if there are none. */
export function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return []
  const rule = `|${'---|'.repeat(head.length)}`
  return [[row(head), rule, ...rows.map(row)].join('\n')]
}

const row = (cells: string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('\n', ' ')).join(' | ')} |`

export const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``

/** The anchor that GitHub gives a heading. */
export const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-')

/** JSON on one line, with spaces, and with long texts cut. */
export const compact = (value: unknown): string =>
  JSON.stringify(shortened(value), undefined, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/\[ /g, '[')
    .replace(/ \]/g, ']')

/** A block of JSON, on one line if it fits. */
export function block(value: unknown): string {
  const line = compact(value)
  const text = line.length <= maxLine ? line : JSON.stringify(shortened(value), undefined, 2)
  return ['```json', text, '```'].join('\n')
}

const maxLine = 120 // characters

const maxText = 60 // characters

function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    if (/^eyJ[\w-]+\./.test(value)) return 'eyJhbGciOi…'
    return value.length > maxText ? `${value.slice(0, maxText)}…` : value
  }
  if (Array.isArray(value)) return value.slice(0, 2).map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shortened(each)]))
}
