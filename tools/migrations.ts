// Holds the migrations against the schema: drizzle-kit must find nothing to add, and no migration may
// rebuild a table, for D1 then drops the rows that refer to it.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import configuration from '../drizzle.config.ts'
import { refuse } from './refuse.ts'

const directory = configuration.out ?? 'migrations'
const names = migrationsIn(directory)
refuseRebuilds()
refuseMissing()
console.log('The migrations are in step with the schema.')

function refuseRebuilds() {
  for (const name of names) {
    const sql = readFileSync(join(directory, name), 'utf8')
    const [rebuild] = /\bDROP\s+TABLE\b|\b__new_\w*/i.exec(sql) ?? []
    if (rebuild) refuse(`${name} rebuilds a table (${rebuild}): D1 drops rows that refer to it.`)
  }
}

function refuseMissing() {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-migrations-'))
  process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
  cpSync(directory, copy, { recursive: true })
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      // It puts `./` before the folder.
      ...['node_modules/drizzle-kit/bin.cjs', 'generate', '--out', relative('.', copy)],
      ...['--dialect', configuration.dialect, '--schema', String(configuration.schema)],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
  )
  const missing = migrationsIn(copy).filter((name) => !names.includes(name))
  if (missing.length > 0) {
    const sql = missing.map((name) => readFileSync(join(copy, name), 'utf8')).join('\n')
    refuse(`${sql}\nThe schema is ahead of its migrations: npm run db:generate`)
  }
  // It ends with status 0 when it fails, too.
  if (!stdout.includes('No schema changes'))
    refuse(`${stdout}${stderr}\nSchema and migrations were not compared.`)
}

function migrationsIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.sql'))
}
