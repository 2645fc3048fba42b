// Rows of `manage.py dumpdata`, as JSON or (`--format jsonl`) as lines of it. The primary key is `pk`, and a
// reference is named without `_id`.

import { Tokenizer, TokenParser } from '@streamparser/json'
import { columnName, type Reading, type SourceRow, tableOf } from './rows.ts'
import { lines, pieces } from './text.ts'

/** Keeps every digit of a whole number that JavaScript would round. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(text: string): number {
    return exactly(Number(text), text) as number
  }
}

export async function* dumpdataRows(reading: Reading): AsyncGenerator<SourceRow> {
  const tokenizer = new ExactTokenizer()
  const parser = new TokenParser({ paths: ['$.*'], keepStack: false })
  const rows = rowsOf(reading)
  let parsed: unknown[] = []
  tokenizer.onToken = (token) => parser.write(token)
  parser.onValue = ({ value }) => {
    parsed.push(value)
  }
  let line = 1
  for await (const piece of pieces(reading)) {
    try {
      tokenizer.write(piece)
    } catch {
      const fault = parser.isEnded ? 'there is text after the JSON' : 'the JSON cannot be read'
      throw new Error(`${fault}, at or after line ${line}.`)
    }
    for (const value of parsed) yield* rows(value)
    parsed = []
    line += piece.split('\n').length - 1
  }
  if (!parser.isEnded) throw new Error('the JSON breaks off.')
}

export async function* jsonlRows(reading: Reading): AsyncGenerator<SourceRow> {
  const rows = rowsOf(reading)
  let number = 0
  for await (const line of lines(reading)) {
    number++
    if (line.trim() !== '') yield* rows(valueIn(line, number))
  }
}

function valueIn(line: string, number: number): unknown {
  try {
    return JSON.parse(line, (_key, value, context?: { source?: string }) =>
      exactly(value, context?.source ?? ''),
    )
  } catch {
    throw new Error(`line ${number} is no JSON. dumpdata --format jsonl writes a row to a line.`)
  }
}

const exactly = (value: unknown, text: string) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{1,1000}$/.test(text)
    ? BigInt(text)
    : value

function rowsOf({ found, isWanted, columns }: Reading) {
  const known = new Set<string>()
  let count = 0
  return function* rowIn(value: unknown): Generator<SourceRow> {
    count++
    const { model, pk, fields } = (value ?? {}) as {
      model?: unknown
      pk?: unknown
      fields?: unknown
    }
    if (typeof model !== 'string' || typeof fields !== 'object' || fields === null) {
      throw new Error(
        `its entry ${count} is not what dumpdata writes: it needs a model and fields.`,
      )
    }
    const table = tableOf(model)
    found(table, 1)
    if (!isWanted(table)) return
    const entries = Object.entries(fields).map(
      ([name, field]) => [columnName(name), field] as const,
    )
    const values = { ...(pk === undefined ? {} : { pk }), ...Object.fromEntries(entries) }
    if (!known.has(table))
      columns(table, pk === undefined ? names(entries) : ['pk', ...names(entries)])
    known.add(table)
    yield { table, values }
  }
}

const names = (entries: (readonly [string, unknown])[]) => entries.map(([name]) => name)
