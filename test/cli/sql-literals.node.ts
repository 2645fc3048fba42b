// Values as SQL literals.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'drizzle-orm'
import { sqlLiteral, userDefaults } from '../../cli/sql-literals.ts'

test('a default that is SQL stays SQL, with its values in it', () => {
  assert.equal(sqlLiteral(sql`(lower(${"it's"}))`), "(lower('it''s'))")
})

test('a new user has every default of the model, as D1 stores it', () => {
  const { role, is_staff, token_version, first_name } = userDefaults()

  assert.deepEqual([role, is_staff, token_version, first_name], ['user', 0, 1, ''])
})
