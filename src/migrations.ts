// Which migrations the database must have for this build.

import { sql } from 'drizzle-orm'
import journal from '../migrations/meta/_journal.json' with { type: 'json' }
import type { Database } from './db.ts'

/** The newest migration that this build was made with, as wrangler lists it; a deployer's own included. */
export const newestMigration = `${journal.entries.at(-1)?.tag}.sql`

/** Whether the newest migration was applied. A database that is ahead of the build has it too. One round trip. */
export async function isMigrated(db: Database): Promise<boolean> {
  const found = await db.all(sql`select 1 from d1_migrations where name = ${newestMigration}`)
  return found.length > 0
}
