// The verb `restore`: loads a file that `wrangler d1 export` wrote into a database without rows.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { failIfPlaceholder, readConfiguration } from './configuration.ts'
import { fail } from './fail.ts'
import { databaseIn, databaseOptions, dryRunOption, misuseOf, readCommandLine } from './options.ts'
import { commandFor } from './project.ts'
import { findGap } from './restore/completeness.ts'
import { type Export, ExportError, readExport } from './restore/reading.ts'
import { writeScript } from './restore/script.ts'
import { countRows, inspectTarget } from './restore/target.ts'
import { readMigrations } from './safe-migrations.ts'
import { withSecretDirectory } from './secret-file.ts'
import { runWrangler } from './wrangler.ts'

const command = {
  verb: 'restore',
  forms: ['FILE [--remote]'],
  about: 'Loads a file that `wrangler d1 export` wrote into a database without rows.',
  words: { FILE: 'an export, written by npx wrangler d1 export DB --output FILE' },
  options: { ...databaseOptions, ...dryRunOption },
} as const

export async function restore(args: string[]) {
  const options = readOptions(args)
  if (options.remote) failIfPlaceholder(readConfiguration(options.env))
  await withSecretDirectory((folder) => load(options, folder))
}

type RestoreOptions = ReturnType<typeof readOptions>

function readOptions(args: string[]) {
  const { values, positionals } = readCommandLine(command, args)
  const [file, ...more] = positionals
  if (file === undefined) misuseOf(command, 'FILE is missing.')
  if (more.length > 0) misuseOf(command, 'Name one file.')
  const where = databaseIn(values)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) fail(`There is no file ${file}.`)
  return { ...values, file, where }
}

async function load({ file, where, 'dry-run': isDry }: RestoreOptions, folder: string) {
  const migrations = readMigrations()
  const found = await readExportOrFail(file, folder)
  const gap = findGap(found, migrations)
  if (gap) fail(`${file}: ${gap}\nNothing was changed.`)
  const target = await inspectTarget(where, migrations)
  if (target.filledTable) {
    fail(
      `The database has rows in ${target.filledTable}. It must have no rows. ` +
        `${emptyDatabaseAdvice(where)}\nNothing was changed.`,
    )
  }
  if (isDry) return console.log('The export is complete, and the database has no rows.')
  const script = join(folder, 'restore.sql')
  await writeScript(script, found, target)
  const execute = ['d1', 'execute', 'DB', ...where, '--yes', '--file', script]
  const { succeeded, output } = await runWrangler(execute)
  if (!succeeded) {
    fail(`${withoutTexts(output)}\nThe export was not restored, and nothing was changed.`)
  }
  await printCounts(found, where)
}

async function readExportOrFail(file: string, folder: string): Promise<Export> {
  try {
    return await readExport(file, folder)
  } catch (error) {
    if (!(error instanceof ExportError)) throw error
    return fail(`${file}: ${error.message}. It must be a complete, unchanged export of D1.`)
  }
}

function emptyDatabaseAdvice(where: string[]): string {
  return where.includes('--remote')
    ? 'Create one: npx wrangler d1 create NAME. Then put its database_id into wrangler.toml.'
    : 'Name a new folder: --persist-to FOLDER.'
}

/** The output without the texts in quotes: D1's message may quote a statement that holds a user's hash. */
function withoutTexts(output: string): string {
  return output.replace(/'(?:[^']|'')*'/g, "'…'")
}

async function printCounts({ tables, migrations: applied }: Export, where: string[]) {
  const counts = await countRows(where, [...tables.keys()])
  const wrong = [...tables.values()].find(({ name, count }) => counts[name] !== count)
  if (wrong) {
    fail(`${wrong.name} has ${counts[wrong.name]} rows, but the export has ${wrong.count}.`)
  }
  const restored = [...tables.values()]
    .filter(({ name, count }) => count > 0 && name !== 'd1_migrations')
    .map(({ name, count }) => `${count} in ${name}`)
  console.log(`Restored rows: ${restored.join(', ') || 'none'}.`)
  const next = commandFor(where.includes('--remote') ? 'deploy' : 'dev')
  console.log(
    `The newest migration in the export is ${applied.at(-1)}. ${next} applies newer migrations.`,
  )
}
