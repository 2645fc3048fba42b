// Reads rows of `manage.py dumpdata`: JSON, or one JSON object a line (`--format jsonl`). dumpdata names the primary key
// `pk`, and a foreign key without `_id`.

import { Tokenizer, TokenParser } from '@streamparser/json'
import { columnName, type Reading, type SourceRow, tableName } from './rows.ts'
import { lines, pieces } from './text.ts'

/** Keeps every digit of whole numbers that JavaScript would round. */
class ExactTokenizer extends Tokenizer {
  protected override parseNumber(text: string): number {
    return exactly(Number(text), text) as number
  }
}

export async function* dumpdataRows(reading: Reading): AsyncGenerator<SourceRow> {
  const tokenizer = new ExactTokenizer()
  const parser = new TokenParser({ paths: ['$.*'], keepStack: false })
  const rowsOf = rowReader(reading)
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
      const problem = parser.isEnded ? 'there is text after the JSON' : 'the JSON cannot be read'
      throw new Error(`${problem}, at or after line ${line}.`)
    }
    for (const value of parsed) yield* rowsOf(value)
    parsed = []
    line += piece.split('\n').length - 1
  }
  if (!parser.isEnded) throw new Error('it ends in the middle of the JSON.')
}

export async function* jsonlRows(reading: Reading): AsyncGenerator<SourceRow> {
  const rowsOf = rowReader(reading)
  let number = 0
  for await (const line of lines(reading)) {
    number++
    if (line.trim() !== '') yield* rowsOf(parseLine(line, number))
  }
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line, (_key, value, context?: { source?: string }) =>
      exactly(value, context?.source ?? ''),
    )
  } catch {
    throw new Error(`line ${number} is not JSON. dumpdata --format jsonl writes one row a line.`)
  }
}

const exactly = (value: unknown, text: string) =>
  typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{1,1000}$/.test(text)
    ? BigInt(text)
    : value

function rowReader({ countRows, isWanted, columns }: Reading) {
  const started = new Set<string>()
  let count = 0
  return function* rowOf(value: unknown): Generator<SourceRow> {
    count++
    const { model, pk, fields } = (value ?? {}) as {
      model?: unknown
      pk?: unknown
      fields?: unknown
    }
    if (typeof model !== 'string' || typeof fields !== 'object' || fields === null) {
      throw new Error(
        `its entry ${count} is not what dumpdata writes. It must have a model and fields.`,
      )
    }
    const table = tableName(model)
    countRows(table, 1)
    if (!isWanted(table)) return
    const entries = Object.entries(fields).map(
      ([name, field]) => [columnName(name), field] as const,
    )
    const values = { ...(pk === undefined ? {} : { pk }), ...Object.fromEntries(entries) }
    if (!started.has(table)) {
      columns(table, pk === undefined ? namesOf(entries) : ['pk', ...namesOf(entries)])
    }
    started.add(table)
    yield { table, values }
  }
}

const namesOf = (entries: (readonly [string, unknown])[]) => entries.map(([name]) => name)
