// User models: which fields can be defined, and which columns they make.

import { getTableColumns } from 'drizzle-orm'
import { sqliteTable, text as textColumn } from 'drizzle-orm/sqlite-core'
import { expect, test } from 'vitest'
import { defineUserModel, standardFields } from '../src/user-model.ts'
import {
  boolean,
  choice,
  dateTime,
  type Field,
  integer,
  real,
  reference,
  text,
} from '../src/user-model-field.ts'

const cities = sqliteTable('cities', { id: integer().column.primaryKey() })

const sound: [Field, notNull: boolean, value: unknown][] = [
  [text({ maxLength: 100 }), true, ''],
  [text({ default: 'x' }), true, 'x'],
  [text({ null: true }), false, undefined],
  [text({ unique: true }), false, undefined],
  [choice(['free', 'team']), false, undefined],
  [choice(['free', 'team'], { default: 'team' }), true, 'team'],
  [integer({ min: 1, max: 500 }), false, undefined],
  [integer({ default: 0 }), true, 0],
  [real({ default: 0.5 }), true, 0.5],
  [boolean(), true, false],
  [boolean({ default: true }), true, true],
  [dateTime({ autoNow: true }), false, undefined],
  [reference(() => cities.id, { default: 1 }), false, undefined],
]

test('every kind of field makes a column that may be null or has a default', () => {
  const fields = Object.fromEntries(sound.map(([field], index) => [`field_${index}`, field]))
  const model = defineUserModel({ fields })
  const columns = getTableColumns(
    sqliteTable(
      'users',
      Object.fromEntries(Object.entries(model.fields).map(([name, { column }]) => [name, column])),
    ),
  )
  const made = Object.values(columns).map((column) => [column.notNull, column.default])
  expect(made).toEqual(sound.map(([, notNull, value]) => [notNull, value]))
})

test('a field has its name with spaces as label, if it has no other', () => {
  const { fields } = defineUserModel({
    fields: { plan_name: text(), city: text({ label: 'ciudad' }) },
  })
  expect([fields.plan_name.label, fields.city.label]).toEqual(['plan name', 'ciudad'])
})

const unsound: [string, Field, error: string][] = [
  [
    'seats',
    { column: textColumn().notNull() },
    'the column "seats" is NOT NULL and has no default; write .notNull().default(…), or leave .notNull() out',
  ],
  [
    'phone',
    { column: textColumn().notNull().default('').unique() },
    'the column "phone" is unique and has a default that all users would share',
  ],
  [
    'phone',
    { column: textColumn('telephone') },
    'the column of "phone" is "telephone"; it must be the field\'s own name',
  ],
  ['is_staff', boolean(), 'the field "is_staff" already has a meaning; choose another name'],
  ['dateJoined', dateTime(), 'the field "dateJoined" already has a meaning'],
  ['token', text(), 'the field "token" already has a meaning'],
  ['current_password', text(), 'the field "current_password" already has a meaning'],
]

for (const [name, field, error] of unsound) {
  test(`a field that cannot work is an error when the model is defined: ${error}`, () => {
    expect(() => defineUserModel({ fields: { [name]: field } })).toThrow(error)
  })
}

test('the name of an account’s own column is a type error', () => {
  // @ts-expect-error: `email` is a column of every account
  expect(() => defineUserModel({ fields: { ...standardFields, email: text() } })).toThrow(TypeError)
})
