// A fast look at what no migration has, for `dev`: it reads drizzle-kit's newest snapshot, and does not start drizzle-kit.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationsFolder } from '../safe-migrations.ts'
import { importFile } from '../user-model.ts'
import type { Snapshot } from './defaults.ts'
import { snapshotsIn } from './drizzle-kit.ts'
import { described, tablesIn } from './schema.ts'

const schemaFile = 'src/schema.ts'

/** The tables and columns of the schema that the migrations lack, as `table` and `table.column`. */
export async function findUnmigrated(): Promise<string[]> {
  const meta = join(migrationsFolder, 'meta')
  const newest = snapshotsIn(meta).at(-1)
  if (newest === undefined || !existsSync(schemaFile)) return []
  const { tables } = JSON.parse(readFileSync(join(meta, newest), 'utf8')) as Snapshot
  const exported = tablesIn((await importFile(schemaFile)) as object).map(described)
  return exported.flatMap(({ name, columns }) => {
    const known = tables[name]?.columns
    if (!known) return [name]
    const migrated = Object.keys(known).map(withoutCase)
    const missing = columns.filter((column) => !migrated.includes(withoutCase(column)))
    return missing.map((column) => `${name}.${column}`)
  })
}

/** drizzle.config.ts may choose the case of columns: `teamName` in code is `team_name` in SQL. */
const withoutCase = (name: string) => name.replaceAll('_', '').toLowerCase()
