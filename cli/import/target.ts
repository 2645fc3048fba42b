// The database that is imported into, through wrangler: compares its users with the stage, and applies SQL.

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
 * Compares every user of the database with the stage. Their rows stay as they are. A user that was imported and deleted
 * since is left out, unless `again` is true.
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
  for (const name of uniqueFields) {
    const value = existing[name]
    if (value === null || value === undefined) continue
    for (const other of stage.newWithValue(name, value, Number(existing.id))) {
      stage.mark(other, 'left out')
      report(findings, kinds.valueTaken(name), `${other} = ${existing.id}`)
    }
  }
}

/** A key that was revoked here does not come back. No row shows which one that is. */
async function reportKeys({ where }: ImportTarget, stage: Stage, findings: Findings) {
  if (!stage.hasKeysOfPresent()) return
  const select = (after: number) =>
    `SELECT rowid AS at, hash FROM auth_tokens WHERE rowid > ${after} ORDER BY rowid`
  for await (const { hash } of everyRow(where, select, advice)) stage.markKey(String(hash))
  for (const id of stage.usersOfMissingKeys()) report(findings, kinds.keyKept, String(id))
}

/**
 * Whether the row here is the user of the imported row. A user may change email and username here, but never
 * date_joined. Without date_joined, which some models lack, an equal email or username is enough.
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

/** Wrapped digests and placeholders differ at each import. */
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

const advice = 'Users that were imported stay. Run it again to continue.'
