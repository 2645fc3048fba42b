// The database that is imported into, through wrangler: what is there already, and what is put there.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import { everyRow, query, type Row, refuseDatabase } from '../database.ts'
import { askWrangler } from '../wrangler.ts'
import type { Value } from './fields.ts'
import { type Findings, report } from './findings.ts'
import { isPlaceholder } from './hashes.ts'
import { users as kinds } from './kinds.ts'
import type { Stage } from './stage.ts'
import { isWrapping } from './wrapping.ts'

export interface ImportTarget {
  /** `--local` or `--remote`, and where. */
  parameters: string[]
  directory: string
}

/**
 * Holds everybody who is here against the stage. The row here stays as it is; who was imported and
 * deleted since is left out, unless `again`.
 */
export async function compare(
  target: ImportTarget,
  stage: Stage,
  findings: Findings,
  again: boolean,
) {
  let highest = 0
  for await (const found of everybody(target)) {
    const id = Number(found.id)
    const staged = stage.find(id)
    if (staged && staged.state !== 'left out') {
      const row = JSON.parse(staged.row) as Row
      const isSame = isSamePerson(found, row)
      stage.mark(id, isSame ? 'present' : 'left out')
      if (isSame) {
        highest = id
        reportDifferences(id, row, found, findings)
      } else report(findings, kinds.idTaken, String(id))
    }
    for (const claimant of stage.claimants(id, keyOf(found.email_key), keyOf(found.username))) {
      stage.mark(claimant, 'left out')
      report(findings, kinds.loginTaken, `${claimant} = ${id}`)
    }
    leaveOutDuplicates(found, stage, findings)
  }
  await reportKeys(target, stage, findings)
  if (again) return
  for (const id of stage.gone(highest)) {
    stage.mark(id, 'left out')
    report(findings, kinds.gone, String(id))
  }
}

/** Those whose value of a unique field a user has here. */
function leaveOutDuplicates(found: Row, stage: Stage, findings: Findings) {
  for (const name of uniqueFields) {
    const value = found[name]
    if (value === null || value === undefined) continue
    for (const claimant of stage.claimantsOf(name, value, Number(found.id))) {
      stage.mark(claimant, 'left out')
      report(findings, kinds.valueTaken(name), `${claimant} = ${found.id}`)
    }
  }
}

/** A key that ended here does not come back, and no row says which one that is. */
async function reportKeys({ parameters }: ImportTarget, stage: Stage, findings: Findings) {
  if (!stage.hasKeysOfPresent()) return
  const select = (after: number) =>
    `SELECT rowid AS at, hash FROM auth_tokens WHERE rowid > ${after} ORDER BY rowid`
  for await (const { hash } of everyRow(parameters, select, advice)) stage.seeKey(String(hash))
  for (const id of stage.unseenKeys()) report(findings, kinds.keyKept, String(id))
}

/** Somebody may change address and name here, and nobody the day he came; some models do not tell it. */
const isSamePerson = (found: Row, row: Row) =>
  row.date_joined === undefined
    ? ['email_key', 'username'].some((name) => row[name] && found[name] === row[name])
    : found.date_joined === row.date_joined

function reportDifferences(id: number, row: Row, found: Row, findings: Findings) {
  for (const [name, value] of Object.entries(row)) {
    if (name === 'token_version' || found[name] === value) continue
    if (name === 'password' && isSamePassword(found[name], value)) continue
    report(findings, { what: `another ${name} here`, outcome: 'kept' }, String(id))
  }
}

/** What was made on the way, and so is another each time. */
const isSamePassword = (here: unknown, given: unknown) =>
  isWrapping(here, given) || (isPlaceholder(here) && isPlaceholder(given))

const keyOf = (value: Value | undefined) => (typeof value === 'string' ? value : null)

const everybody = ({ parameters }: ImportTarget) =>
  everyRow(
    parameters,
    (after) => `SELECT *, id AS at FROM users WHERE id > ${after} ORDER BY id`,
    advice,
  )

export const ask = ({ parameters }: ImportTarget, sql: string) => query(parameters, sql, advice)

/** Applies a piece, whole or not at all. */
export async function apply({ parameters, directory }: ImportTarget, sql: string) {
  const file = join(directory, 'piece.sql')
  writeFileSync(file, sql, { mode: 0o600 })
  const { succeeded, output } = await askWrangler([
    ...['d1', 'execute', 'DB', ...parameters, '--yes', '--file', file],
  ])
  if (!succeeded) refuseDatabase(output, advice)
}

const advice = 'What was imported stays; run it again to go on.'
