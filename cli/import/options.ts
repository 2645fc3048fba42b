// The options of `npm run import-django`.

import { fail, failIfInside } from '../fail.ts'
import {
  databaseIn,
  databaseOptions,
  readCommandLine,
  settingOptions,
  settingUsage,
} from '../options.ts'
import { isKnownLeaveCode } from './kinds.ts'

const usage = `Usage: npm run import-django -- --dry-run|--local|--remote|--out FOLDER FILE …
  FILE            a SQLite file, or written by pg_dump or manage.py dumpdata, or CSV
  --dry-run       only reports; with --local or --remote, also compares with that database
  --local         imports into the database of npm run dev
  --remote        imports into the database at Cloudflare
  --out FOLDER    writes SQL files into an empty folder, outside of this project
  --user-model M  your user model, or its table; auth.User by default
  --mapping FILE  JSON: which field of the source each of our fields comes from
  --leave CODE    accepts the loss that has this code in the report
  --skip-faulty   leaves out every user that cannot be imported
  --again         also imports users that were imported before and deleted here since
  --pending-if-never-logged-in
                  an inactive user without last_login is pending, not disabled
  --id-gap N      new users get ids at least N above Django's highest; 1000000 by default
  --persist-to    the folder in which npm run dev keeps its database
${settingUsage}`

export type ImportOptions = ReturnType<typeof readImportOptions>

export function readImportOptions() {
  const { values, positionals: files } = readCommandLine(usage, {
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      out: { type: 'string' },
      'user-model': { type: 'string', default: 'auth.User' },
      mapping: { type: 'string' },
      'pending-if-never-logged-in': { type: 'boolean', default: false },
      'id-gap': { type: 'string', default: '1000000' },
      leave: { type: 'string', multiple: true, default: [] },
      'skip-faulty': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      ...databaseOptions,
      ...settingOptions,
    },
  })
  const { local, remote, out, leave } = values
  const targets = [local, remote, out !== undefined].filter(Boolean).length
  if (files.length === 0) fail('Name the files to read.')
  if (targets > 1 || (targets === 0 && !values['dry-run'])) {
    fail('Use one of --local, --remote and --out FOLDER, or --dry-run.')
  }
  if (!/^\d{1,12}$/.test(values['id-gap'])) fail('--id-gap must be a whole number.')
  const unknown = leave.find((code) => !isKnownLeaveCode(code))
  if (unknown !== undefined) {
    fail(`--leave ${unknown}: there is no such code. A dry run prints the codes that apply.`)
  }
  if (out !== undefined) failIfInside('--out', out)
  return {
    files,
    remote,
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
