// What existing rows get when an update adds a table or a column.

import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { backfills, withBackfills } from '../../cli/makemigrations/backfills.ts'
import { readMigrations } from '../../cli/safe-migrations.ts'
import { statementsIn } from '../../cli/sql.ts'
import { migrate } from './importing.ts'

test('each key is a statement of a shipped migration, to the letter', () => {
  const shipped = readMigrations().flatMap(({ sql }) => [...statementsIn(sql)])
  const texts = shipped.map(({ text }) => text)

  assert.deepEqual(
    Object.keys(backfills).filter((statement) => !texts.includes(statement)),
    [],
  )
})

test('each SQL runs on the tables of today', () => {
  const database = new DatabaseSync(':memory:')
  migrate(database)

  for (const sql of Object.values(backfills)) database.exec(sql)
})

test('the SQL follows at the end, once for each statement that needs it', () => {
  const added = { 'ALTER TABLE `a` ADD `x` text': 'UPDATE a SET x = 1' }
  const sql =
    '-- a comment\nALTER TABLE `a` ADD `x` text;--> statement-breakpoint\nALTER TABLE `a` ADD `y` text;'

  assert.equal(withBackfills(sql, added), `${sql}\n--> statement-breakpoint\nUPDATE a SET x = 1;`)
  assert.equal(
    withBackfills('CREATE TABLE `a` (\n\t`x` text\n);', added),
    'CREATE TABLE `a` (\n\t`x` text\n);',
  )
})
