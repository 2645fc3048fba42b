// Runs before each file. All files share one database, so the users, the mailbox and the attempts of other files are deleted.
// A test that sends a statement over D1's limits fails with the statement's text.

import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, afterEach, expect } from 'vitest'
import { watch } from './d1-limits.ts'
import { checkedAnswers } from './document.ts'
import { lagOf } from './lag.ts'
import { replicated } from './replicated.ts'

// With REPLICATED, `env.DB` is a stand-in after the first file.
const primary = env.PRIMARY ?? env.DB
Object.assign(env, { PRIMARY: primary })
const databases = [primary, env.REPLICA, env.SUITE_REPLICA]
for (const db of databases) await applyD1Migrations(db, env.TEST_MIGRATIONS)
const emptied = ['users', 'dev_mailbox', 'throttles', 'pulse']
for (const db of databases) {
  await db.batch(emptied.map((table) => db.prepare(`delete from ${table}`)))
}

const beyond = watch(primary)
const lag = lagOf(env.REPLICATED)
if (lag) {
  const { DB } = replicated(primary, { replica: env.SUITE_REPLICA, lag })
  Object.assign(env, { DB })
}
afterEach(() => {
  expect(beyond.splice(0)).toEqual([])
})

afterAll(async () => {
  await fetch('https://answers.test/', { method: 'POST', body: JSON.stringify(checkedAnswers()) })
})
