// Changes of the user model that would lose rows: the command refuses each, and the rows of the local database are still there.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { file, gatehouse, tryGatehouse } from './project.ts'
import { personal, rowsOf } from './rows.ts'
import { edit, workshop } from './workshop.ts'

const company = 'company: text({ maxLength: 100 }),'

/** By circumstance: what `company` becomes, and what the error says. */
const refused: [string, string, RegExp][] = [
  [
    'another type',
    'company: integer(),',
    /rebuilds the table users.*company: text.*integer.*delete the rows of .*sessions/s,
  ],
  ['a field that is gone', '', /drops the column users\.company/],
  ['another name', 'firm: text({ maxLength: 100 }),', /company is gone, and firm is new/],
  [
    'NOT NULL without a default',
    `${company} firm: { column: column().notNull() },`,
    /NOT NULL and has no default/,
  ],
]

export function testRefusedMigrations() {
  for (const [circumstance, field, sentence] of refused) {
    test(`makemigrations refuses ${circumstance}, and no row is lost`, async () => {
      const before = { rows: rowsOf(...personal), files: migrations() }
      assert.ok(before.rows.sessions?.length)

      const { status, output } = await withField(field, () => tryGatehouse('makemigrations'))

      assert.equal(status, 1, output)
      assert.match(output, sentence)
      assert.doesNotMatch(output, /^\s+at /m)
      assert.deepEqual({ rows: rowsOf(...personal), files: migrations() }, before)
    })
  }

  test('another default is a migration that changes nothing, and no row is lost', async () => {
    const before = rowsOf(...personal)
    const added = await withField("company: text({ maxLength: 100, default: '-' }),", async () => {
      const old = migrations()
      await gatehouse('makemigrations', '--name', 'default')
      await gatehouse('migrate')
      const [name = ''] = migrations().filter(
        (each) => !old.includes(each) && each.endsWith('.sql'),
      )
      return readFileSync(file(join('migrations', name)), 'utf8')
    })
    assert.match(added, /SELECT 1;/)
    assert.doesNotMatch(added, /CREATE|DROP|ALTER/)
    assert.deepEqual(rowsOf(...personal), before)
  })

  test('a migration that loses rows is not applied, even if it was written by hand', async () => {
    const before = rowsOf(...personal)
    const kept = join(workshop, 'migrations')
    cpSync(file('migrations'), kept, { recursive: true })
    await gatehouse('makemigrations', '--custom', '--name', 'by_hand')
    const name = migrations().find((each) => each.endsWith('_by_hand.sql'))
    edit(file(`migrations/${name}`), ['', 'DROP TABLE `users`;\n'])
    for (const verb of ['migrate', 'check', 'dev']) {
      const { status, output } = await tryGatehouse(verb)
      assert.equal(status, 1, output)
      assert.match(output, /by_hand\.sql/)
    }
    rmSync(file('migrations'), { recursive: true })
    cpSync(kept, file('migrations'), { recursive: true })
    assert.deepEqual(rowsOf(...personal), before)
  })
}

const migrations = () => readdirSync(file('migrations'), { recursive: true }).map(String).sort()

/** Runs this with another line in place of `company`, and puts that back. */
async function withField<T>(field: string, use: () => Promise<T>): Promise<T> {
  const model = file('src/user-model.ts')
  const kept = join(workshop, 'user-model.ts')
  cpSync(model, kept)
  edit(
    model,
    [company, field],
    ["'last_name', 'company'", "'last_name'"],
    ['standardFields, text }', 'integer, standardFields, text }'],
    [
      "from 'gatehouse-auth/user-model'",
      "from 'gatehouse-auth/user-model'\nimport { text as column } from 'drizzle-orm/sqlite-core'",
    ],
  )
  try {
    return await use()
  } finally {
    cpSync(kept, model)
  }
}
