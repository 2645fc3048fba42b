// The options of `npm run import-django`.

import { parseArgs } from 'node:util'
import { fail, failIfInside } from '../fail.ts'

export type ImportOptions = ReturnType<typeof readImportOptions>['options']

export function readImportOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        local: { type: 'boolean', default: false },
        remote: { type: 'boolean', default: false },
        out: { type: 'string' },
        'persist-to': { type: 'string' },
        'user-model': { type: 'string', default: 'auth.User' },
        mapping: { type: 'string' },
        'pending-if-never-logged-in': { type: 'boolean', default: false },
        'id-gap': { type: 'string', default: '1000000' },
        leave: { type: 'string', multiple: true, default: [] },
        'skip-faulty': { type: 'boolean', default: false },
        again: { type: 'boolean', default: false },
        var: { type: 'string', multiple: true, default: [] },
      },
    })
    const ways = [values.local, values.remote, values.out !== undefined].filter(Boolean).length
    if (positionals.length === 0) throw new Error('Name the files to read.')
    if (ways > 1 || (ways === 0 && !values['dry-run'])) {
      throw new Error('Take one of --local, --remote and --out FOLDER, or --dry-run.')
    }
    if (!/^\d{1,12}$/.test(values['id-gap'])) throw new Error('--id-gap must be a whole number.')
    if (values.out !== undefined) failIfInside('--out', values.out)
    return { options: values, files: positionals }
  } catch (error) {
    return fail((error as Error).message)
  }
}
