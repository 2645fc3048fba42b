// Before each file. The database is the whole run's: people of other files go, so that lists stay short,
// and what they tried.

import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
const emptied = ['users', 'dev_mailbox', 'throttles']
await env.DB.batch(emptied.map((table) => env.DB.prepare(`delete from ${table}`)))
