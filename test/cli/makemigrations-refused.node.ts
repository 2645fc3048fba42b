// `npm run db:generate`: what is refused leaves the rows and the folder of migrations as they were.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import {
  kept,
  phone,
  prepare,
  role,
  type Schema,
  tables,
  withoutEffect,
  writeSchema,
} from './migrating.ts'

before(() => prepare(kept))

describe('what is refused leaves the rows and the folder as they were', () => {
  const refused: [string, Schema, RegExp][] = [
    [
      'another type of a user’s column',
      { ...kept, fields: `role: integer({ default: 1 }), ${phone}` },
      /rebuilds the table users \(role: text not null → integer not null\)\. D1 would also delete the rows of .*sessions.* members/,
    ],
    [
      'another type in a table of the deployer’s that others refer to',
      { ...kept, tables: tables.replace("text('name')", "integer('name')") },
      /rebuilds the table teams \(name: text → integer\)\. D1 would also delete the rows of members/,
    ],
    [
      'a field that is gone',
      { ...kept, fields: role },
      /drops the column users\.phone, with its value in every row of users\. Leave it in the code/,
    ],
    [
      'a table that is gone',
      { ...kept, tables: tables.replace(/export const notes .*\n/, '') },
      /drops the table notes, with all its rows\. Leave the table in the code/,
    ],
    [
      'a column NOT NULL without a default, in a table of the deployer’s',
      {
        ...kept,
        tables: tables.replace("text('name') }", "text('name'), town: text('town').notNull() }"),
      },
      /adds the column town to teams as NOT NULL without a default/,
    ],
    [
      'a column that may have been renamed, about which drizzle-kit would ask',
      { ...kept, fields: `${role} mobile: text({ unique: true, maxLength: 20 }),` },
      /users: phone is gone, and mobile is new\.\n.*npx drizzle-kit generate/,
    ],
    [
      'a table that may have been renamed',
      { ...kept, tables: tables.replace("sqliteTable('notes'", "sqliteTable('remarks'") },
      /Tables: notes is gone, and remarks is new\.\n.*npx drizzle-kit generate/,
    ],
    [
      'a table with the SQL name of one of Gatehouse’s',
      { ...kept, tables: tables.replace("sqliteTable('notes'", "sqliteTable('sessions'") },
      /a table of yours has the name 'sessions' in SQL, which is Gatehouse's\. .*'my_sessions'/,
    ],
    [
      'a table whose name in code is that of one of Gatehouse’s, so that both are dropped',
      { ...kept, tables: tables.replace('const notes', 'const sessions') },
      /does not export Gatehouse's table 'sessions'\. .* Rename yours/,
    ],
    [
      'a table that replaces one of Gatehouse’s',
      { ...kept, exports: "import { notes } from './tables.ts'\nexport { notes as pulse }" },
      /does not export Gatehouse's table 'pulse'/,
    ],
  ]
  for (const [name, changes, sentence] of refused) {
    test(name, async () => {
      writeSchema(changes)

      const { status, output } = await withoutEffect([])

      assert.equal(status, 1, output)
      assert.match(output, sentence)
      assert.match(output, /No migration was written\.\n$/)
      assert.doesNotMatch(output, /\n {4}at /)
    })
  }

  const broken: [string, Schema, RegExp][] = [
    [
      'a column NOT NULL without a default, in the user model',
      { ...kept, fields: `${kept.fields} town: { column: column('town').notNull() },` },
      /^The user model: the column "town" is NOT NULL and has no default/,
    ],
    [
      'a file with an error',
      { ...kept, tables: `${tables} export const broken = undefined.x` },
      /^src\/project\.ts could not be loaded\.\nTypeError: Cannot read properties of undefined/,
    ],
  ]
  for (const [name, changes, sentence] of broken) {
    test(name, async () => {
      writeSchema(changes)

      const { status, output } = await withoutEffect([])

      assert.equal(status, 1, output)
      assert.match(output, sentence)
    })
  }
})
