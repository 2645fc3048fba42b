// Finds in SQL what a migration must not do.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findFault } from '../../cli/migration-faults.ts'
import { readMigrations } from '../../cli/safe-migrations.ts'

const shipped = readMigrations()
const faultOf = (...sql: string[]) =>
  findFault([...shipped, ...sql.map((text, i) => ({ name: `01${i}_own.sql`, sql: text }))])

const rebuild = `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_users\` (\`id\` integer PRIMARY KEY AUTOINCREMENT NOT NULL, \`role\` text DEFAULT 'x' NOT NULL);
--> statement-breakpoint
INSERT INTO \`__new_users\`("id", "role") SELECT "id", "role" FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;`

test('the shipped migrations have no fault', () => {
  assert.equal(faultOf(), undefined)
})

describe('refuses to drop a table that others refer to with ON DELETE', () => {
  const refused: [string, string[]][] = [
    ['a rebuild as drizzle-kit writes it', [rebuild]],
    ['whatever its capital letters', ['drop table USERS']],
    ['in any quotes', ['DROP TABLE "users"']],
    ['in single quotes', ["DROP TABLE 'users'"]],
    ['in square brackets', ['DROP TABLE [users]']],
    ['of a schema', ['DROP TABLE IF EXISTS main.users']],
    ['with comments between', ['DROP/* x */TABLE -- y\n users']],
    ['after a text that holds a quote', ["UPDATE users SET role = 'it''s'; DROP TABLE users"]],
    ['under another name', ['ALTER TABLE users RENAME TO people', 'DROP TABLE people']],
    [
      'of the deployer’s own, with a child of their own',
      [
        'CREATE TABLE teams (id integer PRIMARY KEY)',
        'CREATE TABLE members (team integer REFERENCES teams (id) ON DELETE SET NULL)',
        'DROP TABLE teams',
      ],
    ],
    [
      'whose copy refers to it',
      [
        'CREATE TABLE nodes (id integer PRIMARY KEY, up integer REFERENCES nodes (id) ON DELETE CASCADE)',
        'CREATE TABLE __new_nodes (id integer, up integer REFERENCES nodes (id) ON DELETE CASCADE)',
        'DROP TABLE nodes',
      ],
    ],
    [
      'whose child was altered to refer to it',
      [
        'CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (x text)',
        'ALTER TABLE b ADD COLUMN a_id integer REFERENCES a (id) ON UPDATE CASCADE ON DELETE CASCADE',
        'DROP TABLE a',
      ],
    ],
  ]
  for (const [name, sql] of refused) {
    test(name, () => {
      const fault = faultOf(...sql) ?? ''

      assert.match(
        fault,
        new RegExp(`^01${sql.length - 1}_own.sql rebuilds or drops the table \\w+ `),
      )
      assert.match(fault, /D1 would also delete the rows of \w+/)
      assert.match(fault, /docs\/customising\.md/)
    })
  }

  const allowed: [string, string[]][] = [
    ['a table of the deployer’s own without children', ['CREATE TABLE a (x text)', 'DROP TABLE a']],
    [
      'one whose only child went before it',
      [
        'CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (a integer REFERENCES a ON DELETE CASCADE)',
        'DROP TABLE b; DROP TABLE a',
      ],
    ],
    [
      'one that is referred to without ON DELETE',
      [
        'CREATE TABLE a (id integer PRIMARY KEY, "ON DELETE CASCADE" text)',
        "CREATE TABLE b (a integer REFERENCES a(id), c text DEFAULT 'ON DELETE CASCADE', d integer REFERENCES users(id) ON DELETE CASCADE)",
        'DROP TABLE a',
      ],
    ],
    ['a comment that speaks of it', ['-- DROP TABLE users\n/* DROP TABLE users; */ SELECT 1']],
    ['a literal that speaks of it', ["UPDATE users SET role = 'x; DROP TABLE users'"]],
    ['a name that is like it', ['CREATE INDEX "drop table users" ON users (role)']],
    ['an index', ['DROP INDEX users_email']],
  ]
  for (const [name, sql] of allowed) {
    test(`allowed: ${name}`, () => assert.equal(faultOf(...sql), undefined))
  }
})

describe('requires that an added column may be null or has a default', () => {
  const refused = [
    'ALTER TABLE `users` ADD `phone` text NOT NULL',
    'alter table users add column phone text not null',
    "ALTER TABLE users ADD phone text CHECK (phone <> 'DEFAULT' AND x DEFAULT) NOT NULL",
    'ALTER TABLE users ADD phone text NOT NULL /* DEFAULT 1 */ REFERENCES phones(id)',
  ]
  for (const sql of refused) {
    test(`refused: ${sql}`, () => {
      const fault = faultOf(sql) ?? ''

      assert.match(
        fault,
        /^010_own.sql adds the column phone to users as NOT NULL without a default/,
      )
      assert.match(fault, /Write \.notNull\(\)\.default\(…\) for phone, or omit \.notNull\(\)/)
    })
  }

  const allowed = [
    'ALTER TABLE users ADD phone text',
    "ALTER TABLE users ADD phone text DEFAULT '' NOT NULL",
    'ALTER TABLE users ADD phone text NOT NULL GENERATED ALWAYS AS (role) VIRTUAL',
    'CREATE TABLE a (x text); ALTER TABLE a ADD y text NOT NULL',
    'CREATE TABLE a (x text NOT NULL)',
  ]
  for (const sql of allowed) {
    test(`allowed: ${sql}`, () => assert.equal(faultOf(sql), undefined))
  }
})
