// Whether the database has the migrations that this build needs.

import { env } from 'cloudflare:workers'
import { afterEach, expect, test } from 'vitest'
import { newestMigration } from '../../src/migrations.ts'
import { client } from '../support/api.ts'

const files = Object.keys(import.meta.glob('../../migrations/*.sql'))
const name = files.sort().at(-1)?.split('/').at(-1)
const rename = (from: string, to: string) =>
  env.DB.prepare('UPDATE d1_migrations SET name = ? WHERE name = ?').bind(to, from).run()

afterEach(() => rename('0000_older.sql', newestMigration))

test('it is ready with the newest migration, and with those of a newer build', async () => {
  expect(newestMigration).toBe(name)
  const ready = await client().get('/readyz')
  expect([ready.status, ready.body]).toEqual([200, { status: 'ok' }])

  await env.DB.prepare("INSERT INTO d1_migrations (name) VALUES ('9999_newer.sql')").run()
  expect((await client().get('/readyz/')).status).toBe(200)
  await env.DB.prepare("DELETE FROM d1_migrations WHERE name = '9999_newer.sql'").run()
})

test('it is not ready before the newest migration, and names the command to run', async () => {
  await rename(newestMigration, '0000_older.sql')

  const here = await client().get('/readyz')
  expect(here.status).toBe(503)
  expect(here.body).toEqual({
    detail: `The migration ${newestMigration} was not applied. Run: npm run dev`,
  })
  const production = { ENVIRONMENT: 'production', RESEND_API_KEY: 're_key' }
  const costs = { ARGON2_MEMORY_COST: '19456', ARGON2_TIME_COST: '2' }
  const there = await client({ ...production, ...costs }).get('/readyz')
  expect(there.body).toEqual({
    detail: `The migration ${newestMigration} was not applied. Run: npm run deploy`,
  })
  expect((await client().get('/healthz')).status).toBe(200)
})

test('it is not ready before the first migration', async () => {
  await env.DB.prepare('ALTER TABLE d1_migrations RENAME TO hidden').run()
  const { status, body } = await client().get('/readyz')
  await env.DB.prepare('ALTER TABLE hidden RENAME TO d1_migrations').run()

  expect(status).toBe(503)
  expect(body).toEqual({
    detail: 'The database has no tables yet. Run: npx wrangler d1 migrations apply DB --local',
  })
})
