// Part of `npm run check`: fails if the schema has a change without a migration, or if a migration would lose rows.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import configuration from '../drizzle.config.ts'
import { fail } from './fail.ts'
import { checkMigrations, migrationNames, migrationsFolder } from './safe-migrations.ts'

function main() {
  const names = migrationNames(migrationsFolder)
  checkMigrations()
  checkJournal(names)
  checkSchema(names)
  console.log('The migrations match the schema.')
}

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
}

function checkSchema(names: string[]) {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'))
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
  cpSync(migrationsFolder, copy, { recursive: true })
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      // drizzle-kit puts `./` before the folder.
      ...['node_modules/drizzle-kit/bin.cjs', 'generate', '--out', relative('.', copy)],
      ...['--dialect', configuration.dialect, '--schema', String(configuration.schema)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
  )
  const missing = migrationNames(copy).filter((name) => !names.includes(name))
  if (missing.length > 0) {
    const sql = missing.map((name) => readFileSync(join(copy, name), 'utf8')).join('\n')
    fail(`${sql}\nThe schema has changed. Write its migration: npm run db:generate`)
  }
  // drizzle-kit exits with status 0 even if it fails.
  if (!stdout.includes('No schema changes')) {
    fail(`${stdout}${stderr}\ndrizzle-kit did not compare the schema with the migrations.`)
  }
}

main()
