// What the migrations lack: the migration that drizzle-kit writes for the schema, if it loses nothing. The command
// `makemigrations` writes it into the project, and the checks only report it.

import { findFault } from '../migration-faults.ts'
import { alteredColumn } from '../migration-tables.ts'
import { readMigrations } from '../safe-migrations.ts'
import { isAt, statementsIn } from '../sql.ts'
import { withBackfills } from './backfills.ts'
import { changedDefaults, defaultComment, withDefaultsOf } from './defaults.ts'
import { type Copy, type Outcome, type Written, withCopy } from './drizzle-kit.ts'
import { MigrationError } from './migration-error.ts'
import { possibleRenames, readConfiguration, readTables } from './schema.ts'

/**
 * `refused`: there is a change, and its migration would lose something or fail. `isSurplus`: the schema merely has less than the
 * migrations, as after the return to an older version. The Worker runs on such a database.
 */
export type MissingMigration =
  | { kind: 'nothing' }
  | { kind: 'refused'; reason: string; isSurplus: boolean }
  | { kind: 'migration'; name: string; sql: string; files: Written }

interface Options {
  /** The migration's name after its number; drizzle-kit makes one up if it is left out. */
  name?: string | undefined
  /** An empty migration, whatever the schema has. */
  custom?: boolean
}

/** Compares the project's schema with its migrations. Writes nothing. */
export async function findMissingMigration(options: Options = {}): Promise<MissingMigration> {
  try {
    const files = await newMigration(options)
    if (!files) return { kind: 'nothing' }
    const name = `${files.tag}.sql`
    const reason = findFault([...readMigrations(), { name, sql: files.sql }])
    if (reason !== undefined) return { kind: 'refused', reason, isSurplus: onlyDrops(files.sql) }
    return { kind: 'migration', name, sql: files.sql, files }
  } catch (error) {
    if (error instanceof MigrationError)
      return { kind: 'refused', reason: error.message, isSurplus: false }
    throw error
  }
}

const onlyDrops = (sql: string) =>
  [...statementsIn(sql)].every(
    ({ tokens }) => isAt(tokens, 0, 'DROP') || alteredColumn(tokens, 'DROP') !== undefined,
  )

async function newMigration({ name, custom }: Options): Promise<Written | undefined> {
  const configuration = await readConfiguration()
  const tables = await readTables(configuration)
  const parameters = [...(name ? ['--name', name] : []), ...(custom ? ['--custom'] : [])]
  return withCopy(configuration, async (copy) => {
    const outcome = await copy.generate(parameters)
    const first = written(outcome, copy, tables)
    if (!first || custom || !copy.snapshot) return first
    const changed = changedDefaults(copy.snapshot, first.snapshot)
    const sql = changed.length > 0 ? await withoutDefaults(copy, first, changed) : first.sql
    return { ...first, sql: withBackfills(sql) }
  })
}

function written(outcome: Outcome, { snapshot }: Copy, tables: Map<string, string[]>) {
  if (outcome === 'question') {
    const changes = snapshot ? possibleRenames(snapshot, tables) : []
    throw new MigrationError([...changes, renameAdvice].join('\n'))
  }
  return outcome === 'nothing' ? undefined : outcome
}

const renameAdvice =
  'If you renamed it, run npx drizzle-kit generate, and answer "rename". Deploy at once after that migration: until then the ' +
  'running Worker uses the old name, and fails.\nIf you did not, leave what is gone in the code, and makemigrations adds what is new.'

/** The SQL for all changes but those of defaults. */
async function withoutDefaults(copy: Copy, { snapshot }: Written, changed: string[]) {
  if (!copy.snapshot) return ''
  copy.replaceSnapshot(withDefaultsOf(copy.snapshot, snapshot))
  const others = await copy.generate([])
  const sql = typeof others === 'object' ? others.sql : 'SELECT 1;'
  // A table that is rebuilt anyway gets the new defaults.
  const kept = changed.filter((name) => !sql.includes(`\`__new_${name.split('.')[0]}\``))
  return [...kept.map(defaultComment), sql].join('\n')
}
