// Whether the database has the migrations that this build needs.

import { sql } from 'drizzle-orm'
import type { Database } from './db.ts'

/** drizzle-kit's `migrations/meta/_journal.json`. */
export interface MigrationJournal {
  readonly entries: readonly { readonly tag: string }[]
}

/** The newest migration in this build, by the name that wrangler lists. `useMigrations` sets it. */
export let newestMigration = ''

export function useMigrations({ entries }: MigrationJournal) {
  newestMigration = `${entries.at(-1)?.tag}.sql`
}

/** Whether the newest migration is applied. A database that is newer than the build has it too. One round trip. */
export async function isMigrated(db: Database): Promise<boolean> {
  const found = await db.all(sql`select 1 from d1_migrations where name = ${newestMigration}`)
  return found.length > 0
}
