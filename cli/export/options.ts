// The options of `npm run export-django`.

import { fail, failIfInside } from '../fail.ts'
import {
  databaseIn,
  databaseOptions,
  databaseUsage,
  readCommandLine,
  settingOptions,
  settingUsage,
} from '../options.ts'
import type { Format } from './fixture.ts'

const usage = `Usage: npm run export-django -- --out FOLDER
  --out FOLDER    a new folder, outside of this project
  --model MODEL   your user model; auth.user by default
  --mapping FILE  JSON: which field of the model each of our fields becomes, as for the import
  --format FORMAT json (the default) or jsonl
  --users-only    exports neither keys nor tokens, and does not require SECRET_KEY
  --keys FILE     the file that was imported; its authtoken keys are exported again
  --used-tokens N the most refresh tokens to blacklist for each session; 1000 by default
${databaseUsage}
${settingUsage}`

export type ExportOptions = ReturnType<typeof readExportOptions>

export function readExportOptions() {
  const { values } = readCommandLine(usage, {
    options: {
      out: { type: 'string' },
      model: { type: 'string', default: 'auth.user' },
      mapping: { type: 'string' },
      format: { type: 'string', default: 'json' },
      keys: { type: 'string' },
      'users-only': { type: 'boolean', default: false },
      'used-tokens': { type: 'string', default: '1000' },
      ...databaseOptions,
      ...settingOptions,
    },
  })
  const { out, model, mapping, format, keys, remote } = values
  if (out === undefined) return fail('--out FOLDER is required. It names a new folder.')
  const where = databaseIn(values)
  if (!/^\w+\.\w+$/.test(model)) fail('--model must be an app and a model, such as auth.user.')
  if (!isFormat(format)) fail('--format must be json or jsonl.')
  if (!/^\d{1,9}$/.test(values['used-tokens'])) fail('--used-tokens must be a whole number.')
  failIfInside('--out', out)
  return {
    out,
    model,
    mapping,
    format,
    keys,
    remote,
    where,
    assignments: values.var,
    usersOnly: values['users-only'],
    maxUsedTokens: Number(values['used-tokens']),
  }
}

const isFormat = (format: string): format is Format => format === 'json' || format === 'jsonl'
