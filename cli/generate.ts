// `npm run db:generate`: drizzle-kit writes the migration that the schema lacks. One that would lose rows is taken
// away again, with its entry in the journal and its snapshot, so that nothing applies it.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { fail } from './fail.ts'
import { faultIn } from './migration-faults.ts'
import { migrationsFolder, readMigrations } from './safe-migrations.ts'

const usage = `Usage: npm run db:generate -- [--name NAME] [--custom]
  --name NAME   what the migration is called, after its number
  --custom      an empty migration, for SQL of your own`

const parameters = readOptions()
const journal = join(migrationsFolder, 'meta/_journal.json')
const before = { files: filesIn(), journal: readFileSync(journal, 'utf8') }
generate(parameters)
const fault = faultIn(readMigrations())
if (fault) {
  takeAway()
  fail(`${fault}\nThe migration was not kept.`)
}

function readOptions(): string[] {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string' },
        custom: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (values.name !== undefined && !/^[\w-]+$/.test(values.name)) {
      fail('--name must be letters, digits, - and _.')
    }
    return [
      ...(values.name === undefined ? [] : ['--name', values.name]),
      ...(values.custom ? ['--custom'] : []),
    ]
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`)
  }
}

/** It asks in the terminal whether a column was renamed. */
function generate(parameters: string[]) {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/drizzle-kit/bin.cjs', 'generate', ...parameters],
    { stdio: 'inherit' },
  )
  if (status !== 0) fail('drizzle-kit failed; see above.')
}

function takeAway() {
  for (const file of filesIn().filter((each) => !before.files.includes(each))) rmSync(file)
  writeFileSync(journal, before.journal)
}

function filesIn(): string[] {
  return ['.', 'meta'].flatMap((folder) =>
    readdirSync(join(migrationsFolder, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(migrationsFolder, folder, name)),
  )
}
