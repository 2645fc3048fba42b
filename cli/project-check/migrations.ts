// What is wrong with the migrations of the project, and what they lack.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findMissingMigration } from '../makemigrations/plan.ts'
import { findFault } from '../migration-faults.ts'
import { commandFor } from '../project.ts'
import { migrationNames, migrationsFolder, readMigrations } from '../safe-migrations.ts'
import { errorsOf, type Finding, warningsOf } from './finding.ts'

export const migrationFindings = (): Finding[] =>
  errorsOf('migrations', [findFault(readMigrations()) ?? journalError()])

/** What the schema has and the migrations have not. It takes a second, since drizzle-kit compares them. */
export async function missingMigrationFindings(): Promise<Finding[]> {
  if (migrationFindings().length > 0) return []
  const missing = await findMissingMigration()
  if (missing.kind === 'nothing') return []
  if (missing.kind === 'migration') return errorsOf('migrations', [missingError(missing.sql)])
  const findings = missing.isSurplus ? warningsOf : errorsOf
  return findings('migrations', [missing.reason])
}

export const missingError = (sql: string) =>
  `${sql}\n\nThe schema lacks this migration. Write it: ${commandFor('makemigrations')}`

/** The Worker's `/readyz` reads the newest migration from drizzle-kit's journal, and wrangler applies the files. */
export function journalError(): string | undefined {
  const file = join(migrationsFolder, 'meta/_journal.json')
  const tags = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { entries: { tag: string }[] }).entries
    : []
  const names = tags.map(({ tag }) => `${tag}.sql`)
  const unlisted = migrationNames(migrationsFolder).find((name) => !names.includes(name))
  if (unlisted) {
    const custom = commandFor('makemigrations', '--custom')
    return `${unlisted} is not in ${file}. Remove it, write an empty migration (${custom}), and put its SQL there.`
  }
  const absent = names.find((name) => !existsSync(join(migrationsFolder, name)))
  return absent && `${join(migrationsFolder, absent)} is in ${file}, and is not there.`
}
