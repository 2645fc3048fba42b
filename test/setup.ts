// Before each file. The database is the whole run's: people of other files go, so that lists stay short.

import { applyD1Migrations } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
await env.DB.batch([env.DB.prepare('delete from users'), env.DB.prepare('delete from dev_mailbox')])
