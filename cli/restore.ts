// `npm run restore -- FILE`: loads what `wrangler d1 export` wrote into a database that has no rows yet.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readConfiguration, refusePlaceholder } from './configuration.ts'
import { fail } from './fail.ts'
import { whyIncomplete } from './restore/completeness.ts'
import { type Export, ExportError, readExport } from './restore/reading.ts'
import { writeScript } from './restore/script.ts'
import { countsIn, lookAt } from './restore/target.ts'
import { readMigrations } from './safe-migrations.ts'
import { withSecretDirectory } from './secret-file.ts'
import { askWrangler } from './wrangler.ts'

const usage = `Usage: npm run restore -- FILE [--remote]
  FILE            what npx wrangler d1 export DB --output FILE wrote
  --remote        into the database at Cloudflare; else into the one of npm run dev
  --persist-to    where npm run dev keeps its database`

const { file, remote, where } = readOptions()
const configuration = readConfiguration()
if (remote) refusePlaceholder(configuration)
const migrations = readMigrations()
await withSecretDirectory(restore)

async function restore(folder: string) {
  const found = await exportIn(folder)
  const partial = whyIncomplete(found, migrations)
  if (partial) fail(`${file}: ${partial}\nNothing was changed.`)
  const target = await lookAt(where, migrations)
  if (target.filled) {
    fail(
      `The database has rows in ${target.filled}; a restore needs one without rows. ` +
        `${another()}\nNothing was changed.`,
    )
  }
  const script = join(folder, 'restore.sql')
  await writeScript(script, found, target)
  const load = ['d1', 'execute', 'DB', ...where, '--yes', '--file', script]
  const { succeeded, output } = await askWrangler(load)
  if (!succeeded)
    fail(`${withoutValues(output)}\nThe export was not restored; nothing was changed.`)
  await printCounts(found)
}

async function exportIn(folder: string): Promise<Export> {
  try {
    return await readExport(file, folder)
  } catch (error) {
    if (!(error instanceof ExportError)) throw error
    return fail(
      `${file}: ${error.message}. It must be an export of D1, whole and as it was written.`,
    )
  }
}

function another(): string {
  return remote
    ? 'Make one: npx wrangler d1 create NAME, and put its database_id into wrangler.toml.'
    : 'Name a folder of its own: --persist-to FOLDER.'
}

/** What D1 says of a failure may repeat a statement, with somebody's hash in it. */
function withoutValues(output: string): string {
  return output.replace(/'(?:[^']|'')*'/g, "'…'")
}

async function printCounts({ tables, migrations: applied }: Export) {
  const counted = await countsIn(where, [...tables.keys()])
  const wrong = [...tables.values()].find(({ name, count }) => counted[name] !== count)
  if (wrong) {
    fail(`${wrong.name} has ${counted[wrong.name]} rows, and the export has ${wrong.count}.`)
  }
  const counts = [...tables.values()]
    .filter(({ name, count }) => count > 0 && name !== 'd1_migrations')
    .map(({ name, count }) => `${count} in ${name}`)
  console.log(`Restored: ${counts.join(', ') || 'no rows'}.`)
  const next = remote ? 'npm run deploy' : 'npm run dev'
  console.log(
    `The migrations are as they were, up to ${applied.at(-1)}; ${next} applies what is newer.`,
  )
}

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        'persist-to': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) fail(usage)
    if (values.local && values.remote) fail('Take one of --local and --remote.')
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) fail(`There is no file ${file}.`)
    const persistTo = values['persist-to'] ? ['--persist-to', values['persist-to']] : []
    const where = [values.remote ? '--remote' : '--local', ...persistTo]
    return { file, remote: values.remote, where }
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`)
  }
}
