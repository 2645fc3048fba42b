// The verb `migrate`: applies the migrations that a database lacks, unless one of them would lose rows.

import { failIfPlaceholder, readConfiguration } from './configuration.ts'
import { fail } from './fail.ts'
import { databaseIn, databaseOptions, dryRunOption, readCommandLine } from './options.ts'
import { checkMigrations } from './safe-migrations.ts'
import { showWrangler } from './wrangler.ts'

const command = {
  verb: 'migrate',
  forms: ['[--remote]'],
  about:
    'Applies the migrations that a database lacks. The verbs dev and deploy do this by themselves.',
  options: {
    ...databaseOptions,
    'dry-run': { ...dryRunOption['dry-run'], help: 'lists them, and applies none' },
  },
} as const

export async function migrate(args: string[]) {
  const { values } = readCommandLine(command, args)
  const where = databaseIn(values)
  if (values.remote) failIfPlaceholder(readConfiguration(values.env))
  checkMigrations()
  const verb = values['dry-run'] ? 'list' : 'apply'
  const isDone = await showWrangler(['d1', 'migrations', verb, 'DB', ...where])
  if (!isDone) fail('The migrations were not applied. The output of wrangler is above.')
}
