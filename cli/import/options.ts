// The options of the verb `import-django`.

import { failIfInside, misuse } from '../fail.ts'
import {
  databaseIn,
  databaseOptions,
  dryRunOption,
  misuseOf,
  readCommandLine,
  settingOptions,
} from '../options.ts'
import { isKnownLeaveCode } from './kinds.ts'

const command = {
  verb: 'import-django',
  forms: ['--dry-run|--local|--remote|--out FOLDER FILE …'],
  about:
    'Imports the users of a Django project, with their passwords, keys and blacklisted tokens.',
  words: { FILE: 'a SQLite file, or written by pg_dump or manage.py dumpdata, or CSV' },
  options: {
    'dry-run': {
      ...dryRunOption['dry-run'],
      help: 'only reports; with --local or --remote, also compares with that database',
    },
    ...databaseOptions,
    local: { ...databaseOptions.local, help: 'imports into the database of the verb dev' },
    remote: { ...databaseOptions.remote, help: 'imports into the database at Cloudflare' },
    out: {
      type: 'string',
      value: 'FOLDER',
      help: 'writes SQL files into an empty folder, outside of this project',
    },
    'user-model': {
      type: 'string',
      value: 'MODEL',
      default: 'auth.User',
      help: 'your user model, or its table; auth.User by default',
    },
    mapping: {
      type: 'string',
      value: 'FILE',
      help: 'JSON: which field of the source each of our fields comes from',
    },
    leave: {
      type: 'string' as const,
      multiple: true as const,
      default: [] as string[],
      value: 'CODE',
      help: 'accepts the loss that has this code in the report',
    },
    'skip-faulty': {
      type: 'boolean',
      default: false,
      help: 'leaves out every user that cannot be imported',
    },
    again: {
      type: 'boolean',
      default: false,
      help: 'also imports users that were imported before and deleted here since',
    },
    'pending-if-never-logged-in': {
      type: 'boolean',
      default: false,
      help: 'an inactive user without last_login is pending, not disabled',
    },
    'id-gap': {
      type: 'string',
      value: 'N',
      default: '1000000',
      help: "new users get ids at least N above Django's highest; 1000000 by default",
    },
    ...settingOptions,
  },
} as const

export type ImportOptions = ReturnType<typeof readImportOptions>

export function readImportOptions(args: string[]) {
  const { values, positionals: files } = readCommandLine(command, args)
  const { local, remote, out, leave, env } = values
  const targets = [local, remote, out !== undefined].filter(Boolean).length
  if (files.length === 0) misuseOf(command, 'Name the files to read.')
  if (targets > 1 || (targets === 0 && !values['dry-run'])) {
    misuse('Use one of --local, --remote and --out FOLDER, or --dry-run.')
  }
  if (!/^\d{1,12}$/.test(values['id-gap'])) misuse('--id-gap must be a whole number.')
  const unknown = leave.find((code) => !isKnownLeaveCode(code))
  if (unknown !== undefined) {
    misuse(`--leave ${unknown}: there is no such code. A dry run prints the codes that apply.`)
  }
  if (out !== undefined) failIfInside('--out', out)
  return {
    files,
    remote,
    env,
    out,
    leave,
    /** Options of wrangler; none without a database. */
    where: local || remote ? databaseIn(values) : [],
    assignments: values.var,
    dryRun: values['dry-run'],
    userModel: values['user-model'],
    mapping: values.mapping,
    pendingIfNeverLoggedIn: values['pending-if-never-logged-in'],
    idGap: Number(values['id-gap']),
    skipFaulty: values['skip-faulty'],
    again: values.again,
  }
}
