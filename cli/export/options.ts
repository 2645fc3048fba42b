// The options of the verb `export-django`.

import { failIfInside, misuse } from '../fail.ts'
import {
  databaseIn,
  databaseOptions,
  dryRunOption,
  readCommandLine,
  settingOptions,
} from '../options.ts'
import type { Format } from './fixture.ts'

const command = {
  verb: 'export-django',
  forms: ['--out FOLDER'],
  about:
    'Writes the users as Django fixtures, with their passwords, authtoken keys and revoked refresh tokens.',
  options: {
    out: { type: 'string', value: 'FOLDER', help: 'a new folder, outside of this project' },
    model: {
      type: 'string',
      value: 'MODEL',
      default: 'auth.user',
      help: 'your user model; auth.user by default',
    },
    mapping: {
      type: 'string',
      value: 'FILE',
      help: 'JSON: which field of the model each of our fields becomes, as for the import',
    },
    format: {
      type: 'string',
      value: 'FORMAT',
      default: 'json',
      help: 'json (the default) or jsonl',
    },
    'users-only': {
      type: 'boolean',
      default: false,
      help: 'exports neither keys nor tokens, and does not require SECRET_KEY',
    },
    keys: {
      type: 'string',
      value: 'FILE',
      help: 'the file that was imported; its authtoken keys are exported again',
    },
    'used-tokens': {
      type: 'string',
      value: 'N',
      default: '1000',
      help: 'the most refresh tokens to blacklist for each session; 1000 by default',
    },
    ...databaseOptions,
    ...settingOptions,
    'dry-run': {
      ...dryRunOption['dry-run'],
      help: 'counts what it would write, and writes nothing',
    },
  },
} as const

export type ExportOptions = ReturnType<typeof readExportOptions>

export function readExportOptions(args: string[]) {
  const { values } = readCommandLine(command, args)
  const { out, model, mapping, format, keys, remote, env } = values
  if (out === undefined) return misuse('--out FOLDER is required. It names a new folder.')
  const where = databaseIn(values)
  if (!/^\w+\.\w+$/.test(model)) misuse('--model must be an app and a model, such as auth.user.')
  if (!isFormat(format)) misuse('--format must be json or jsonl.')
  if (!/^\d{1,9}$/.test(values['used-tokens'])) misuse('--used-tokens must be a whole number.')
  failIfInside('--out', out)
  return {
    out,
    model,
    mapping,
    format,
    keys,
    remote,
    env,
    where,
    assignments: values.var,
    dryRun: values['dry-run'],
    usersOnly: values['users-only'],
    maxUsedTokens: Number(values['used-tokens']),
  }
}

const isFormat = (format: string): format is Format => format === 'json' || format === 'jsonl'
