// How programs read their command line: the options of the database, which many of them share, and --help.

import { type ParseArgsConfig, parseArgs } from 'node:util'
import { fail } from './fail.ts'

export const databaseOptions = {
  local: { type: 'boolean', default: false },
  remote: { type: 'boolean', default: false },
  'persist-to': { type: 'string' },
} as const

/** Settings, each as NAME:VALUE. */
export const settingOptions = {
  var: { type: 'string' as const, multiple: true as const, default: [] as string[] },
}

export const databaseUsage = `  --local         the database of npm run dev (the default)
  --remote        the database at Cloudflare
  --persist-to    the folder in which npm run dev keeps its database`

export const settingUsage = '  --var NAME:X    a setting, as for npm run dev'

/** Ends the program with its usage if the command line has --help. */
export function printHelpIfAsked(usage: string) {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    console.log(usage)
    process.exit(0)
  }
}

/** Reads the command line. --help prints the usage; an unknown option fails with it. */
export function readCommandLine<T extends ParseArgsConfig>(usage: string, config: T) {
  printHelpIfAsked(usage)
  try {
    return parseArgs(config)
  } catch (error) {
    return fail(`${(error as Error).message}\n${usage}`)
  }
}

interface DatabaseValues {
  local: boolean
  remote: boolean
  'persist-to'?: string | undefined
}

/** The database that the options name, as options of wrangler. */
export function databaseIn(values: DatabaseValues): string[] {
  if (values.local && values.remote) fail('Use only one of --local and --remote.')
  const persistTo = values['persist-to'] ? ['--persist-to', values['persist-to']] : []
  return [values.remote ? '--remote' : '--local', ...persistTo]
}
