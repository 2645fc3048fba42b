// Part of `npm run check`: fails if the schema has a change without a migration, or if a migration would lose rows.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './fail.ts'
import { makeMigration } from './makemigrations.ts'
import { checkMigrations, migrationNames, migrationsFolder } from './safe-migrations.ts'

checkMigrations()
checkJournal(migrationNames(migrationsFolder))
process.exitCode = await makeMigration({ check: true })

/** `/readyz` reads the newest migration from drizzle-kit's journal. */
function checkJournal(names: string[]) {
  const journal = readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')
  const { entries } = JSON.parse(journal) as { entries: { tag: string }[] }
  const unlisted = names.find((name) => !entries.some(({ tag }) => `${tag}.sql` === name))
  if (unlisted) {
    fail(
      `${unlisted} is not in migrations/meta/_journal.json. Write it by npm run db:generate -- --custom`,
    )
  }
  const absent = entries.find(({ tag }) => !existsSync(join(migrationsFolder, `${tag}.sql`)))
  if (absent) fail(`migrations/${absent.tag}.sql is in meta/_journal.json, and is not there.`)
}
