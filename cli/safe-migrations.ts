// The migrations in the folder, refused where one of them would lose rows.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './fail.ts'
import { faultIn, type Migration } from './migration-faults.ts'

export const migrationsFolder = 'migrations'

export const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()

export const readMigrations = (folder = migrationsFolder): Migration[] =>
  namesIn(folder).map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))

export function refuseUnsafeMigrations() {
  const fault = faultIn(readMigrations())
  if (fault) fail(fault)
}
