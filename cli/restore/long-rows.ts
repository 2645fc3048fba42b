// D1 accepts statements of up to 100 KB (https://developers.cloudflare.com/d1/platform/limits/). A longer row is
// inserted without its long texts, which are then appended piece by piece.

import { isAt, isSign, type Statement, type Token } from '../sql.ts'

const maxStatementLength = 90_000 // bytes of a statement
const pieceLength = 20_000 // characters; each has at most three bytes
const maxShortText = 2000 // characters

/** The statements that insert one row. */
export function insertsFrom({ text, tokens }: Statement, table: string): string[] {
  if (Buffer.byteLength(text) <= maxStatementLength) return [text]
  const { columns, values } = partsOf(tokens)
  if (columns.length === 0 || columns.length !== values.length) return [text]

  const isLong = (value: string) => value.startsWith("'") && value.length > maxShortText
  const short = values.map((value) => (isLong(value) ? "''" : value))
  const names = columns.map(quoted)
  const insert = `INSERT INTO ${quoted(table)} (${names.join(', ')}) VALUES (${short.join(', ')})`
  const additions = values.flatMap((value, i) => {
    if (!isLong(value)) return []
    const whole = value.slice(1, -1).replaceAll("''", "'")
    return piecesOf(whole).map(
      (part) =>
        `UPDATE ${quoted(table)} SET ${names[i]} = ${names[i]} || '${part.replaceAll("'", "''")}' ` +
        'WHERE rowid = last_insert_rowid()',
    )
  })
  return [insert, ...additions]
}

/** The columns that the statement names, and the SQL of each value. */
function partsOf(tokens: Token[]): { columns: string[]; values: string[] } {
  const at = tokens.findIndex((_, i) => isAt(tokens, i, 'VALUES'))
  const columns = tokens.slice(3, at).filter(({ kind }) => kind !== 'sign')
  const values: string[] = []
  let depth = 0
  let value = ''
  for (const token of tokens.slice(at + 1)) {
    if (isSign(token, ')')) depth--
    const ends = (depth === 1 && isSign(token, ',')) || (depth === 0 && isSign(token, ')'))
    if (ends) {
      values.push(value)
      value = ''
    } else if (depth > 0) value += token.kind === 'name' ? quoted(token.text) : token.text
    if (isSign(token, '(')) depth++
  }
  return { columns: columns.map(({ text }) => text), values }
}

/** Pieces of a text, cut between characters. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const cutsPair = /[\ud800-\udbff]/.test(text.charAt(at + pieceLength - 1))
    const end = at + pieceLength - (cutsPair ? 1 : 0)
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
