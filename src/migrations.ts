// Whether the database has the migrations that this build needs.

import { sql } from 'drizzle-orm'
import journal from '../migrations/meta/_journal.json' with { type: 'json' }
import type { Database } from './db.ts'

/** The newest migration in this build, including the deployer's, by the name that wrangler lists. */
export const newestMigration = `${journal.entries.at(-1)?.tag}.sql`

/** Whether the newest migration is applied. A database that is newer than the build has it too. One round trip. */
export async function isMigrated(db: Database): Promise<boolean> {
  const found = await db.all(sql`select 1 from d1_migrations where name = ${newestMigration}`)
  return found.length > 0
}
