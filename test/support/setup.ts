// Runs before each file. All files share one database, so the users, the mailbox and the attempts of other files are deleted.
// A test that sends a statement over D1's limits fails with the statement's text.

import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect } from 'vitest'
import { watch } from './d1-limits.ts'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
const emptied = ['users', 'dev_mailbox', 'throttles']
await env.DB.batch(emptied.map((table) => env.DB.prepare(`delete from ${table}`)))

const beyond = watch(env.DB)
afterEach(() => {
  expect(beyond.splice(0)).toEqual([])
})
