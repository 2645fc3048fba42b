// What every step of the verb `export-django` needs.

import type { Settings } from '../../src/settings/parse.ts'
import { type Findings, report } from '../import/findings.ts'
import type { ExportOptions } from './options.ts'
import type { Model } from './users.ts'

export interface ExportRun {
  options: ExportOptions
  settings: Settings
  model: Model
  counts: {
    users: number
    withoutUuid: number
    /** The highest id of a user. Tokens of later sign-ups are not exported. */
    highestId: number
    ourKeys: number
    importedKeys: number
    sessions: number
  }
  /** The folder for temporary files. Only the operator can read it. */
  directory: string
  findings: Findings
  now: Date
}

export const reportLeftOut = (findings: Findings, what: string, example = '', rows = 1) =>
  report(findings, { what, outcome: 'left out' }, example, rows)
