// The check of every statement that the tests send, and what a user model of 60 columns would send.

import { env } from 'cloudflare:workers'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core'
import { describe, expect, test } from 'vitest'
import { valuesAsJson } from '../../src/statements.ts'
import { beyondLimits, watch } from '../support/d1-limits.ts'
import { loggedIn } from '../support/people.ts'

const textOf = (query: SQL) => new SQLiteSyncDialect().sqlToQuery(query).sql
const sixty = Array.from({ length: 60 }, (_, at) => sql.raw(at === 7 ? 'null' : `'it''s, ${at}'`))
const flat = sql`select json_array(${sql.join(sixty, sql`, `)})`
const hundred = Array(100).fill('?').join(', ')

test.each([
  [textOf(flat), 'calls json_array() with 60 arguments'],
  [`select max(${hundred}, ?)`, 'binds 101 parameters'],
  ['select ?101', 'binds 101 parameters'],
  ['select ?99, ?, ?', 'binds 101 parameters'],
  [`select '${'é'.repeat(50_000)}'`, 'has 100009 bytes'],
  [`select coalesce(a, f(${Array(33).fill('g(b, c)')}))`, 'calls f() with 33 arguments'],
])('a statement beyond a limit is reported with its text', (statement, problem) => {
  expect(beyondLimits(statement)).toContain(`a statement ${problem}: ${statement}`)
})

test.each([
  `select (${hundred})`,
  `insert into users (${Array(40).fill('a')}) values (${Array(40).fill('1')})`,
  `select f(${Array(32).fill('(select a, b)')}), now() from t where a in (${Array(50).fill('1')})`,
  `select json_array('${','.repeat(50)}', "${','.repeat(50)}") -- f(${Array(50).fill('1')})`,
])('a statement within the limits is not reported', (statement) => {
  expect(beyondLimits(statement)).toEqual([])
})

test('statements of a request are checked, and so are those of a test', async () => {
  const found = watch(env.PRIMARY ?? env.DB)
  await loggedIn()
  expect(found).toEqual([])

  await drizzle(env.DB)
    .run(flat)
    .catch(() => undefined)
  expect(found.splice(0)).toEqual([expect.stringContaining('json_array() with 60 arguments')])
})

describe('the JSON of a row of 60 columns', () => {
  const nested = sql`select ${valuesAsJson(sixty)} as json`

  test('is within the limits, and has all columns in their order', async () => {
    expect(beyondLimits(textOf(nested))).toEqual([])
    const [{ json } = { json: '' }] = await drizzle(env.DB).all<{ json: string }>(nested)
    const expected = sixty.map((_, at) => (at === 7 ? null : `it's, ${at}`))
    expect(JSON.parse(json).flat()).toEqual(expected)
  })
})
