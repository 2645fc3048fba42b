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
  for await (const existing of everyUser(target)) {
    const same = compareOne(existing, stage, findings)
    leaveOutLogins(existing, same, stage, findings)
    leaveOutDuplicates(existing, same, stage, findings)
  }
  await reportKeys(target, stage, findings)
  if (again) return
  for (const id of stage.goneUsers()) {
    stage.leaveOut(id)
    report(findings, kinds.gone, stage.nameOf(id))
  }
}

/** @returns the number of the user with the same id in the source; 0 if there is none */
function compareOne(existing: Row, stage: Stage, findings: Findings): number {
  const staged = stage.findById({ id: existing.id, uuid: existing.uuid })
  if (!staged) return 0
  const { id } = staged
  if (staged.state === 'left out') return id
  const row = JSON.parse(staged.row) as Row
  if (stage.byUuid || isSameUser(existing, row)) {
    stage.markPresent(id, Number(existing.id))
    reportDifferences(stage.nameOf(id), row, existing, findings)
  } else {
    stage.leaveOut(id)
    report(findings, kinds.idTaken, stage.nameOf(id))
  }
  return id
}

const nameIn = (stage: Stage, { id, uuid }: Row) => String((stage.byUuid && uuid) || id)

/** Leaves out new users whose login belongs to this user. */
function leaveOutLogins(existing: Row, same: number, stage: Stage, findings: Findings) {
  const logins = [textOrNull(existing.email_key), textOrNull(existing.username)] as const
  for (const other of stage.newWithLogin(same, ...logins)) {
    stage.leaveOut(other)
    report(findings, kinds.loginTaken, `${stage.nameOf(other)} = ${nameIn(stage, existing)}`)
  }
}

/** Leaves out new users whose value of a unique field belongs to this user. */
function leaveOutDuplicates(existing: Row, same: number, stage: Stage, findings: Findings) {
  for (const name of uniqueFields()) {
    const value = existing[name]
    if (value === null || value === undefined) continue
    for (const other of stage.newWithValue(name, value, same)) {
      stage.leaveOut(other)
      const names = `${stage.nameOf(other)} = ${nameIn(stage, existing)}`
      report(findings, kinds.valueTaken(name), names)
    }
  }
}

/** Reports users with a key that the database lacks. It may have been revoked here, so it is not imported. */
async function reportKeys({ where }: ImportTarget, stage: Stage, findings: Findings) {
  if (!stage.hasKeysOfPresent()) return
  const select = (after: number) =>
    `SELECT rowid AS at, hash FROM auth_tokens WHERE rowid > ${after} ORDER BY rowid`
  for await (const { hash } of everyRow(where, select, advice)) stage.markKey(String(hash))
  for (const id of stage.usersOfMissingKeys()) report(findings, kinds.keyKept, stage.nameOf(id))
}

/**
 * Whether the row in the database is the user of the source with the same id: `date_joined` is the same. Users can change
 * their email and username here, so these count only if the source has no `date_joined`; then one of them must be equal.
 */
const isSameUser = (existing: Row, row: Row) =>
  row.date_joined === undefined
    ? ['email_key', 'username'].some((name) => row[name] && existing[name] === row[name])
    : existing.date_joined === row.date_joined

function reportDifferences(of: string, row: Row, existing: Row, findings: Findings) {
  for (const [name, value] of Object.entries(row)) {
    if (name === 'token_version' || existing[name] === value) continue
    if (name === 'password' && isSamePassword(existing[name], value)) continue
    report(findings, { what: `another ${name} here`, outcome: 'kept' }, of)
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

/** The highest id that a user has or had; 0 without a database. */
export async function highestIdIn({ where }: ImportTarget): Promise<number> {
  if (where.length === 0) return 0
  const sql = `SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'users'), 0),
    coalesce((SELECT max(id) FROM users), 0)) AS highest`
  const [row] = await query(where, sql, advice)
  return Number(row?.highest)
}

/** The number of users above an id, up to another. */
export async function countUsers({ where }: ImportTarget, after: number, highestId: number) {
  const sql = `SELECT count(*) AS count FROM users WHERE id > ${after} AND id <= ${highestId}`
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
