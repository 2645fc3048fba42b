// `npm run restore -- FILE`: loads a file that `wrangler d1 export` wrote into a database without rows.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { failIfPlaceholder, readConfiguration } from './configuration.ts'
import { fail } from './fail.ts'
import { databaseIn, databaseOptions, databaseUsage, readCommandLine } from './options.ts'
import { findGap } from './restore/completeness.ts'
import { type Export, ExportError, readExport } from './restore/reading.ts'
import { writeScript } from './restore/script.ts'
import { countRows, inspectTarget } from './restore/target.ts'
import { readMigrations } from './safe-migrations.ts'
import { withSecretDirectory } from './secret-file.ts'
import { runWrangler } from './wrangler.ts'

const usage = `Usage: npm run restore -- FILE [--remote]
  FILE            an export, written by npx wrangler d1 export DB --output FILE
${databaseUsage}`

async function main() {
  const { file, where } = readOptions()
  if (where.includes('--remote')) failIfPlaceholder(readConfiguration())
  await withSecretDirectory((folder) => restore(file, where, folder))
}

function readOptions() {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: databaseOptions,
  })
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) fail(usage)
  const where = databaseIn(values)
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) fail(`There is no file ${file}.`)
  return { file, where }
}

async function restore(file: string, where: string[], folder: string) {
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
  const script = join(folder, 'restore.sql')
  await writeScript(script, found, target)
  const load = ['d1', 'execute', 'DB', ...where, '--yes', '--file', script]
  const { succeeded, output } = await runWrangler(load)
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
  const next = where.includes('--remote') ? 'npm run deploy' : 'npm run dev'
  console.log(
    `The newest migration in the export is ${applied.at(-1)}. ${next} applies newer migrations.`,
  )
}

await main()
