// Holds the migrations against the schema: drizzle-kit must find nothing to add, and none of them may lose rows.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import configuration from '../drizzle.config.ts'
import { fail } from './fail.ts'
import { migrationsFolder, namesIn, refuseUnsafeMigrations } from './safe-migrations.ts'

const names = namesIn(migrationsFolder)
refuseUnsafeMigrations()
refuseUnlisted()
refuseMissing()
console.log('The migrations are in step with the schema.')

/** `/readyz` takes the newest migration from drizzle-kit's journal. */
function refuseUnlisted() {
  const journal = readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')
  const { entries } = JSON.parse(journal) as { entries: { tag: string }[] }
  const unlisted = names.find((name) => !entries.some(({ tag }) => `${tag}.sql` === name))
  if (unlisted) {
    fail(`${unlisted} is not in migrations/meta/_journal.json: npm run db:generate -- --custom`)
  }
}

function refuseMissing() {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'))
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
  cpSync(migrationsFolder, copy, { recursive: true })
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      // It puts `./` before the folder.
      ...['node_modules/drizzle-kit/bin.cjs', 'generate', '--out', relative('.', copy)],
      ...['--dialect', configuration.dialect, '--schema', String(configuration.schema)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
  )
  const missing = namesIn(copy).filter((name) => !names.includes(name))
  if (missing.length > 0) {
    const sql = missing.map((name) => readFileSync(join(copy, name), 'utf8')).join('\n')
    fail(`${sql}\nThe schema is ahead of its migrations: npm run db:generate`)
  }
  // It ends with status 0 when it fails, too.
  if (!stdout.includes('No schema changes'))
    fail(`${stdout}${stderr}\nSchema and migrations were not compared.`)
}
