// Tables of a deployer's own in a user's export.

import { env } from 'cloudflare:workers'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { usePersonalData } from '../../src/accounts/personal-data.ts'
import { users } from '../../src/schema.ts'
import { counting } from '../budgets/counting.ts'
import { loggedIn } from '../support/people.ts'

const vehicles = sqliteTable('app_vehicles', {
  id: integer('id').primaryKey(),
  ownerId: integer('owner_id')
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' }),
  plate: text('plate').notNull(),
  seenAt: integer('seen_at', { mode: 'timestamp_ms' }),
})
const messages = sqliteTable('app_messages', {
  id: integer('id').primaryKey(),
  sender: integer('sender').references(() => users.id),
  recipient: integer('recipient').references(() => users.id),
  words: text('words').notNull(),
  pushToken: text('push_token'),
})
const cities = sqliteTable('app_cities', { id: integer('id').primaryKey() })

beforeAll(async () => {
  for (const columns of [
    'app_vehicles (id integer primary key, owner_id integer not null, plate text, seen_at integer)',
    'app_messages (id integer primary key, sender integer, recipient integer, words text, push_token text)',
  ]) {
    await env.DB.prepare(`create table ${columns}`).run()
  }
  usePersonalData([vehicles, [messages, 'push_token']])
})
afterAll(async () => {
  usePersonalData([])
  for (const { name } of [{ name: 'app_vehicles' }, { name: 'app_messages' }]) {
    await env.DB.prepare(`drop table ${name}`).run()
  }
})

const insert = (into: string, ...values: (string | number)[]) =>
  env.DB.prepare(`insert into ${into} values (${values.map(() => '?')})`)
    .bind(...values)
    .run()

test('the export has the user’s rows of own tables, without the columns that are left out', async () => {
  const [ada, bob, eve] = [await loggedIn(), await loggedIn(), await loggedIn()]
  const time = Date.UTC(2026, 0, 2)
  await insert('app_vehicles (owner_id, plate, seen_at)', ada.id, 'ABC-123', time)
  await insert('app_vehicles (owner_id, plate, seen_at)', bob.id, 'BOB-1', time)
  const message = 'app_messages (sender, recipient, words, push_token)'
  await insert(message, ada.id, bob.id, 'Hello Bob', 'secret')
  await insert(message, bob.id, ada.id, 'Hello Ada', 'secret')
  await insert(message, bob.id, eve.id, 'Hello Eve', 'secret')

  const { body } = await ada.api.get('/auth/users/me/export/', { token: ada.access })
  const id = expect.any(Number)
  expect(body.app_vehicles).toEqual([{ id, plate: 'ABC-123', seen_at: '2026-01-02T00:00:00Z' }])
  expect(body.app_messages).toEqual([
    { id, words: 'Hello Ada' },
    { id, words: 'Hello Bob' },
  ])
  expect(Object.keys(body).slice(-3)).toEqual(['app_vehicles', 'app_messages', 'next'])
  expect(body.sessions).toHaveLength(1)
})

test('own tables take no round trip of their own', async () => {
  const { access } = await loggedIn()
  const { api, roundTrips } = counting()
  expect((await api.get('/auth/users/me/export/', { token: access })).status).toBe(200)
  expect(roundTrips()).toBe(1)
})

test.each([
  [[cities], 'personalData: the table "app_cities" has no column that refers to a user'],
  [[[vehicles, 'plates']], 'personalData: the table "app_vehicles" has no column "plates"'],
  [
    [sqliteTable('user', { id: integer('user_id').references(() => users.id) })],
    'personalData: the name of the table "user" already has a meaning',
  ],
] as [Parameters<typeof usePersonalData>[0], string][])(
  'a table that cannot be exported is an error at start: %#',
  (given, error) => {
    expect(() => usePersonalData(given)).toThrow(new TypeError(error))
  },
)
