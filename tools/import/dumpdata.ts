// Rows of `manage.py dumpdata`, as JSON or (`--format jsonl`) as lines of it. The primary key is `pk`, and a
// reference is named without `_id`.

import { JSONParser } from '@streamparser/json'
import { type Reading, type Row, tableOf } from './rows.ts'
import { lines, pieces } from './text.ts'

export async function* dumpdataRows(reading: Reading): AsyncGenerator<Row> {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false })
  let parsed: unknown[] = []
  parser.onValue = ({ value }) => {
    parsed.push(value)
  }
  parser.onError = (error) => {
    throw error
  }
  for await (const piece of pieces(reading)) {
    parser.write(piece)
    for (const value of parsed) yield* rowIn(value, reading)
    parsed = []
  }
  if (!parser.isEnded) throw new Error('the JSON breaks off.')
}

export async function* jsonlRows(reading: Reading): AsyncGenerator<Row> {
  for await (const line of lines(reading)) {
    if (line.trim() !== '') yield* rowIn(JSON.parse(line), reading)
  }
}

function* rowIn(value: unknown, { found, isWanted }: Reading) {
  const { model, pk, fields } = value as { model?: unknown; pk?: unknown; fields?: object }
  if (typeof model !== 'string' || !fields)
    throw new Error('this JSON is not what dumpdata writes.')
  const table = tableOf(model)
  found(table)
  if (isWanted(table)) yield { table, values: { pk, ...fields } }
}
