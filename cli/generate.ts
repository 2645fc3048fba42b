// `npm run db:generate`: runs drizzle-kit, which writes a migration for the changes of the schema. If the migration would
// lose rows, it is removed again with its journal entry and its snapshot, so that nothing applies it.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from './fail.ts'
import { findFault } from './migration-faults.ts'
import { misuseOf, readCommandLine } from './options.ts'
import { installedScript } from './project.ts'
import { migrationsFolder, readMigrations } from './safe-migrations.ts'

const command = {
  verb: 'makemigrations',
  forms: ['[--name NAME] [--custom]'],
  about: 'Writes a migration for the changes of the schema.',
  options: {
    name: { type: 'string', value: 'NAME', help: 'the name of the migration, after its number' },
    custom: { type: 'boolean', default: false, help: 'an empty migration, for SQL of your own' },
  },
} as const

const journal = join(migrationsFolder, 'meta/_journal.json')

export function makemigrations(args: string[]) {
  const parameters = readParameters(args)
  const before = { files: filesInFolder(), journal: readFileSync(journal, 'utf8') }
  generate(parameters)
  const fault = findFault(readMigrations())
  if (!fault) return
  for (const file of filesInFolder().filter((each) => !before.files.includes(each))) rmSync(file)
  writeFileSync(journal, before.journal)
  fail(`${fault}\nThe migration was not kept.`)
}

function readParameters(args: string[]): string[] {
  const { values, positionals } = readCommandLine(command, args)
  if (positionals.length > 0) misuseOf(command, 'It takes options only.')
  if (values.name !== undefined && !/^[\w-]+$/.test(values.name)) {
    fail('--name must be letters, digits, - and _.')
  }
  return [
    ...(values.name === undefined ? [] : ['--name', values.name]),
    ...(values.custom ? ['--custom'] : []),
  ]
}

/** drizzle-kit may ask in the terminal, for example whether a column was renamed. */
function generate(parameters: string[]) {
  const { status } = spawnSync(
    process.execPath,
    [installedScript('drizzle-kit', 'bin.cjs'), 'generate', ...parameters],
    { stdio: 'inherit' },
  )
  if (status !== 0) fail('drizzle-kit failed. Its output is above.')
}

function filesInFolder(): string[] {
  return ['.', 'meta'].flatMap((folder) =>
    readdirSync(join(migrationsFolder, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(migrationsFolder, folder, name)),
  )
}
