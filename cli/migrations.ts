// Part of `npm run check`: fails if the schema has a change without a migration, or if a migration would lose rows.

import { fail } from './fail.ts'
import { makeMigration } from './makemigrations.ts'
import { journalError } from './project-check/migrations.ts'
import { checkMigrations } from './safe-migrations.ts'

checkMigrations()
const error = journalError()
if (error !== undefined) fail(error)
process.exitCode = await makeMigration({ check: true })
