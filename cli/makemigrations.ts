// The verb `makemigrations`: writes a migration for the changes of the schema. It writes nothing if the migration would lose rows
// or could not be applied, and says what to write instead.

import { fail } from './fail.ts'
import { findMissingMigration, type MissingMigration } from './makemigrations/plan.ts'
import { writeMigration } from './makemigrations/write.ts'
import { dryRunOption, jsonOption, misuseOf, readCommandLine } from './options.ts'
import { missingError } from './project-check/migrations.ts'
import { migrationsFolder } from './safe-migrations.ts'

const command = {
  verb: 'makemigrations',
  forms: ['[--name NAME]', '[--check | --dry-run]', '--custom [--name NAME]'],
  about:
    'Writes a migration for the changes of the user model and of your tables, if it loses nothing.',
  options: {
    name: { type: 'string', value: 'NAME', help: 'the name of the migration, after its number' },
    check: {
      type: 'boolean',
      default: false,
      help: 'writes nothing; status 1 and the SQL if a migration is missing',
    },
    custom: { type: 'boolean', default: false, help: 'an empty migration, for SQL of your own' },
    ...jsonOption,
    'dry-run': { ...dryRunOption['dry-run'], help: 'writes nothing, and prints the SQL' },
  },
} as const

export async function makemigrations(args: string[]) {
  const { values, positionals } = readCommandLine(command, args)
  const { name, check, custom, json } = values
  if (positionals.length > 0) misuseOf(command, 'It takes options only.')
  if (name !== undefined && !/^\w[\w.-]*$/.test(name)) {
    misuseOf(command, '--name must be letters, digits and _, with - and . between them.')
  }
  if (custom && check) misuseOf(command, 'Use only one of --custom and --check.')
  process.exitCode = await makeMigration({ name, check, custom, json, dryRun: values['dry-run'] })
}

interface MakemigrationsOptions {
  name?: string | undefined
  check?: boolean
  custom?: boolean
  json?: boolean
  dryRun?: boolean
}

/** @returns the exit status: 1 if the migration is refused, or missing with `check` */
export async function makeMigration(options: MakemigrationsOptions = {}): Promise<0 | 1> {
  const { name, check = false, custom = false, json = false, dryRun = false } = options
  const missing = await findMissingMigration({ name, custom })
  const isWritten = missing.kind === 'migration' && !check && !dryRun
  if (isWritten) writeMigration(missing.files)
  const isFailed = missing.kind === 'refused' || (missing.kind === 'migration' && check)
  if (json) console.log(JSON.stringify(resultOf(missing, isWritten)))
  else if (missing.kind === 'refused') fail(sentenceFor(missing, isWritten, check))
  else if (isFailed) console.error(sentenceFor(missing, isWritten, check))
  else console.log(sentenceFor(missing, isWritten, check))
  return isFailed ? 1 : 0
}

function resultOf(missing: MissingMigration, written: boolean) {
  const { name: migration, sql } = missing.kind === 'migration' ? missing : {}
  const error = missing.kind === 'refused' ? missing.reason : undefined
  return { migration: migration ?? null, sql: sql ?? null, written, error: error ?? null }
}

function sentenceFor(missing: MissingMigration, isWritten: boolean, check: boolean): string {
  if (missing.kind === 'nothing') return 'The migrations match the schema.'
  if (missing.kind === 'refused') return `${missing.reason}\nNo migration was written.`
  const { name, sql } = missing
  if (isWritten) return `${sql}\n\nWrote ${migrationsFolder}/${name}. dev and deploy apply it.`
  return check ? missingError(sql) : `${sql}\n\n${migrationsFolder}/${name} was not written.`
}
