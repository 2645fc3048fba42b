// Reads the migrations of a folder, and fails if one of them would lose rows or could not be applied.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './fail.ts'
import { findFault, type Migration } from './migration-faults.ts'

export const migrationsFolder = 'migrations'

/** File names, in the order in which they are applied. */
export const migrationNames = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.sql'))
        .sort()
    : []

export const readMigrations = (folder = migrationsFolder): Migration[] =>
  migrationNames(folder).map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }))

export function checkMigrations() {
  const fault = findFault(readMigrations())
  if (fault) fail(fault)
}
