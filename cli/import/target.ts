// The database that receives the import: compares its users with the stage, and applies SQL to it through wrangler.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import { everyRow, failOnDatabase, query, type Row } from '../database.ts'
import { runWrangler } from '../wrangler.ts'
import type { Value } from './fields.ts'
import { type Findings, report } from './findings.ts'
import { isPlaceholder } from './hashes.ts'
import { users as kinds } from './kinds.ts'
import type { Stage } from './stage.ts'
import { isWrapping } from './wrapping.ts'

export interface ImportTarget {
  /** `--local` or `--remote`, and further options of wrangler; none without a database. */
  where: string[]
  directory: string
}

/**
 * Compares every user of the database with the stage, and changes no row of the database. Leaves out users that an earlier
 * import added and that were deleted since, unless `again` is true.
 */
export async function compare(
  target: ImportTarget,
  stage: Stage,
  findings: Findings,
  again: boolean,
) {
  let highest = 0
  for await (const existing of everyUser(target)) {
    const id = Number(existing.id)
    const staged = stage.find(id)
    if (staged && staged.state !== 'left out') {
      const row = JSON.parse(staged.row) as Row
      const isSame = isSameUser(existing, row)
      stage.mark(id, isSame ? 'present' : 'left out')
      if (isSame) {
        highest = id
        reportDifferences(id, row, existing, findings)
      } else report(findings, kinds.idTaken, String(id))
    }
    const logins = [textOrNull(existing.email_key), textOrNull(existing.username)] as const
    for (const other of stage.newWithLogin(id, ...logins)) {
      stage.mark(other, 'left out')
      report(findings, kinds.loginTaken, `${other} = ${id}`)
    }
    leaveOutDuplicates(existing, stage, findings)
  }
  await reportKeys(target, stage, findings)
  if (again) return
  for (const id of stage.newBelow(highest)) {
    stage.mark(id, 'left out')
    report(findings, kinds.gone, String(id))
  }
}

/** Leaves out new users whose value of a unique field belongs to this user. */
function leaveOutDuplicates(existing: Row, stage: Stage, findings: Findings) {
  for (const name of uniqueFields()) {
    const value = existing[name]
    if (value === null || value === undefined) continue
    for (const other of stage.newWithValue(name, value, Number(existing.id))) {
      stage.mark(other, 'left out')
      report(findings, kinds.valueTaken(name), `${other} = ${existing.id}`)
    }
  }
}

/** Reports users with a key that the database lacks. It may have been revoked here, so it is not imported. */
async function reportKeys({ where }: ImportTarget, stage: Stage, findings: Findings) {
  if (!stage.hasKeysOfPresent()) return
  const select = (after: number) =>
    `SELECT rowid AS at, hash FROM auth_tokens WHERE rowid > ${after} ORDER BY rowid`
  for await (const { hash } of everyRow(where, select, advice)) stage.markKey(String(hash))
  for (const id of stage.usersOfMissingKeys()) report(findings, kinds.keyKept, String(id))
}

/**
 * Whether the row in the database is the user of the source with the same id: `date_joined` is the same. Users can change
 * their email and username here, so these count only if the source has no `date_joined`; then one of them must be equal.
 */
const isSameUser = (existing: Row, row: Row) =>
  row.date_joined === undefined
    ? ['email_key', 'username'].some((name) => row[name] && existing[name] === row[name])
    : existing.date_joined === row.date_joined

function reportDifferences(id: number, row: Row, existing: Row, findings: Findings) {
  for (const [name, value] of Object.entries(row)) {
    if (name === 'token_version' || existing[name] === value) continue
    if (name === 'password' && isSamePassword(existing[name], value)) continue
    report(findings, { what: `another ${name} here`, outcome: 'kept' }, String(id))
  }
}

/** Each import wraps a digest, and makes a placeholder, with new random bytes. So equal passwords can differ as texts. */
const isSamePassword = (existing: unknown, given: unknown) =>
  isWrapping(existing, given) || (isPlaceholder(existing) && isPlaceholder(given))

const textOrNull = (value: Value | undefined) => (typeof value === 'string' ? value : null)

const everyUser = ({ where }: ImportTarget) =>
  everyRow(
    where,
    (after) => `SELECT *, id AS at FROM users WHERE id > ${after} ORDER BY id`,
    advice,
  )

/** The number of users up to an id. */
export async function countUsers({ where }: ImportTarget, highestId: number): Promise<number> {
  const sql = `SELECT count(*) AS count FROM users WHERE id <= ${highestId}`
  const [row] = await query(where, sql, advice)
  return Number(row?.count)
}

/** Applies a piece of SQL, whole or not at all. */
export async function apply({ where, directory }: ImportTarget, sql: string) {
  const file = join(directory, 'piece.sql')
  writeFileSync(file, sql, { mode: 0o600 })
  const { succeeded, output } = await runWrangler([
    ...['d1', 'execute', 'DB', ...where, '--yes', '--file', file],
  ])
  if (!succeeded) failOnDatabase(where, output, advice)
}

const advice = 'The users imported so far stay in the database. Run the import again to continue.'
