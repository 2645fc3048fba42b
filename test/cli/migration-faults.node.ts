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
        new RegExp(`^01${sql.length - 1}_own.sql (rebuilds|drops) the table \\w+[.( ]`),
      )
      assert.match(fault, /D1 would also (delete the rows|empty the columns) of \w+/)
      assert.match(fault, /docs\/customising\.md/)
    })
  }

  test('names the columns that a rebuild changes', () => {
    const rebuilds = [
      "CREATE TABLE teams (id integer PRIMARY KEY, name text DEFAULT (upper('a, b')), size integer)",
      'CREATE TABLE members (team integer REFERENCES teams (id) ON DELETE CASCADE)',
      `CREATE TABLE __new_teams (id integer PRIMARY KEY, name text DEFAULT -1 NOT NULL, size integer);
       INSERT INTO __new_teams SELECT * FROM teams; DROP TABLE teams; ALTER TABLE __new_teams RENAME TO teams`,
    ]

    assert.match(
      faultOf(...rebuilds) ?? '',
      /rebuilds the table teams \(name: text → text not null\)\. D1 would also delete the rows of members, because/,
    )
  })

  test('names the rows that go with the rows of a child, and the references that are emptied', () => {
    const chain = [
      'CREATE TABLE teams (id integer PRIMARY KEY)',
      'CREATE TABLE members (id integer PRIMARY KEY, team integer REFERENCES teams (id) ON DELETE CASCADE)',
      'CREATE TABLE badges (member integer, FOREIGN KEY (member) REFERENCES members (id) ON DELETE CASCADE)',
      'ALTER TABLE users ADD team integer REFERENCES teams (id) ON DELETE SET NULL',
      'DROP TABLE teams',
    ]

    assert.match(
      faultOf(...chain) ?? '',
      /^014_own\.sql drops the table teams\. D1 would also delete the rows of members and badges and empty the columns of users that refer to it/,
    )
  })

  test('no comment allows it', () => {
    assert.match(
      faultOf('-- gatehouse: drop users\nDROP TABLE users') ?? '',
      /D1 would also delete the rows of /,
    )
  })

  const allowed: [string, string[]][] = [
    ['a comment that speaks of it', ['-- DROP TABLE users\n/* DROP TABLE users; */ SELECT 1']],
    ['a literal that speaks of it', ["UPDATE users SET role = 'x; DROP TABLE users'"]],
    ['a name that is like it', ['CREATE INDEX "drop table users" ON users (role)']],
    ['an index', ['DROP INDEX users_email']],
  ]
  for (const [name, sql] of allowed) {
    test(`allowed: ${name}`, () => assert.equal(faultOf(...sql), undefined))
  }
})

describe('refuses to drop a table or a column, unless a comment in the file names it', () => {
  const teams = 'CREATE TABLE teams (id integer PRIMARY KEY, name text)'
  const refused: [string, RegExp][] = [
    ['DROP TABLE teams', /drops the table teams, with all its rows\. .*"-- gatehouse: drop teams"/],
    [
      '-- gatehouse: drop users\nDROP TABLE IF EXISTS teams',
      /drops the table teams, with all its rows/,
    ],
    [
      'ALTER TABLE teams DROP COLUMN name',
      /drops the column teams\.name, .*"-- gatehouse: drop teams\.name"/,
    ],
    ['alter table `users` drop `role`', /drops the column users\.role, /],
    [
      'CREATE TABLE IF NOT EXISTS users (id integer); ALTER TABLE users DROP COLUMN role',
      /drops the column users\.role, /,
    ],
  ]
  for (const [sql, sentence] of refused) {
    test(`refused: ${sql}`, () => assert.match(faultOf(teams, sql) ?? '', sentence))
  }

  const allowed = [
    '-- gatehouse: drop teams\nDROP TABLE teams',
    '  --gatehouse: DROP Teams.Name\nALTER TABLE `teams` DROP COLUMN `name`;',
    'CREATE TABLE a (x text, y text); ALTER TABLE a DROP COLUMN y',
    'CREATE TABLE a AS SELECT id FROM users; UPDATE users SET role = 1; DROP TABLE a',
    'ALTER TABLE teams RENAME COLUMN name TO title; ALTER TABLE users RENAME `role` TO `rank`',
    'ALTER TABLE teams RENAME TO groups',
  ]
  for (const sql of allowed) {
    test(`allowed: ${sql}`, () => assert.equal(faultOf(teams, sql), undefined))
  }
})

describe('a rebuild of a table that no other refers to', () => {
  const old = 'CREATE TABLE notes (id integer PRIMARY KEY, text text, size text)'
  const rebuildOf = (columns: string, insert: string) =>
    `CREATE TABLE __new_notes (${columns}); ${insert};
     DROP TABLE notes; ALTER TABLE __new_notes RENAME TO notes; CREATE INDEX notes_size ON notes (size)`
  const copy =
    'INSERT INTO __new_notes("id", "text", "size") SELECT "id", "text", "size" FROM notes'

  test('allowed: one that copies every column, after which it is the same table', () => {
    const changed = rebuildOf('id integer PRIMARY KEY, text text, size integer', copy)

    assert.equal(faultOf(old, changed, changed), undefined)
  })

  const refused: [string, string, RegExp][] = [
    [
      'one that copies no rows',
      rebuildOf('id integer, text text, size text', 'SELECT 1'),
      /without a copy of its rows/,
    ],
    [
      'one without a column',
      rebuildOf('id integer, text text', 'INSERT INTO __new_notes SELECT id, text FROM notes'),
      /loses its column size\. .*"-- gatehouse: drop notes\.size"/,
    ],
    [
      'one with NOT NULL on a column that had none',
      rebuildOf('id integer, text text NOT NULL, size text', copy),
      /fails if text is NULL in a row/,
    ],
    [
      'one that reads a column which is not there',
      rebuildOf(
        'id integer, text text, size integer, more text',
        'INSERT INTO __new_notes("id", "text", "size", "more") SELECT "id", "text", "size", "more" FROM notes',
      ),
      /would write the text 'more' into its new column more/,
    ],
    [
      'one of a table that others refer to without ON DELETE',
      `CREATE TABLE pages (note integer REFERENCES notes (id));
       ${rebuildOf('id integer PRIMARY KEY, text text, size integer', copy)}`,
      /D1 would refuse to drop it while rows of pages refer to it/,
    ],
  ]
  for (const [name, sql, sentence] of refused) {
    test(`refused: ${name}`, () => assert.match(faultOf(old, sql) ?? '', sentence))
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

  test('refused: a reference with a default, which SQLite adds to no table with rows', () => {
    for (const reference of [
      'DEFAULT 1 NOT NULL REFERENCES cities(id)',
      'REFERENCES cities(id) DEFAULT 1',
    ]) {
      assert.match(
        faultOf(`ALTER TABLE users ADD city integer ${reference}`) ?? '',
        /as a reference with a default\. .* Write \.\$default/,
      )
    }
  })

  test('refused: a default that is computed, for the same reason', () => {
    for (const value of [
      '(unixepoch())',
      '(1 + 1)',
      'CURRENT_TIMESTAMP',
      '(lower(hex(randomblob(16))))',
    ]) {
      assert.match(
        faultOf(`ALTER TABLE users ADD since text DEFAULT ${value} NOT NULL`) ?? '',
        /with a default that is computed\. .* Write \.\$default/,
      )
    }
  })

  const allowed = [
    'ALTER TABLE users ADD phone text',
    "ALTER TABLE users ADD phone text DEFAULT '' NOT NULL",
    'ALTER TABLE users ADD seats integer DEFAULT (1) NOT NULL',
    'ALTER TABLE users ADD seats integer DEFAULT (-1) NOT NULL',
    'ALTER TABLE users ADD city integer REFERENCES cities(id)',
    'ALTER TABLE users ADD city integer DEFAULT NULL REFERENCES cities(id)',
    'ALTER TABLE users ADD phone text NOT NULL GENERATED ALWAYS AS (role) VIRTUAL',
    'CREATE TABLE a (x text); ALTER TABLE a ADD y text NOT NULL',
    'CREATE TABLE a (x text NOT NULL)',
  ]
  for (const sql of allowed) {
    test(`allowed: ${sql}`, () => assert.equal(faultOf(sql), undefined))
  }
})
