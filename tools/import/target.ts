// The database that is imported into, through wrangler: what is there already, and what is put there.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from '../refuse.ts'
import { askWrangler } from '../wrangler.ts'
import type { Value } from './fields.ts'
import { type Findings, find } from './findings.ts'
import type { Stage } from './stage.ts'

export interface Target {
  /** `--local` or `--remote`, and where. */
  parameters: string[]
  directory: string
}

type Found = Record<string, Value>

const rowsAtOnce = 10_000

/**
 * Holds everybody who is here against the stage. The row here stays as it is; who was imported and
 * deleted since is left out, unless `again`.
 */
export async function compare(target: Target, stage: Stage, findings: Findings, again: boolean) {
  let highest = 0
  for await (const found of everybody(target)) {
    const id = Number(found.id)
    const staged = stage.find(id)
    if (staged && staged.state !== 'left out') {
      const row = JSON.parse(staged.row) as Found
      const isSame = isSamePerson(found, row)
      stage.mark(id, isSame ? 'present' : 'left out')
      if (isSame) {
        highest = id
        tellDifferences(id, row, found, findings)
      } else find(findings, 'left out', 'an id that somebody else has here', String(id))
    }
    for (const claimant of stage.claimants(id, keyOf(found.email_key), keyOf(found.username))) {
      stage.mark(claimant, 'left out')
      find(findings, 'left out', 'an address or username that is taken here', `${claimant} = ${id}`)
    }
  }
  if (again) return
  for (const id of stage.gone(highest)) {
    stage.mark(id, 'left out')
    find(findings, 'kept', 'gone since an import, and not brought back (--again)', String(id))
  }
}

/** Somebody may change address and name here, and nobody the day he came; some models do not tell it. */
const isSamePerson = (found: Found, row: Found) =>
  row.date_joined === undefined
    ? ['email_key', 'username'].some((name) => row[name] && found[name] === row[name])
    : found.date_joined === row.date_joined

function tellDifferences(id: number, row: Found, found: Found, findings: Findings) {
  for (const [name, value] of Object.entries(row)) {
    if (name === 'token_version' || found[name] === value) continue
    find(findings, 'kept', `another ${name} here`, String(id))
  }
}

const keyOf = (value: Value | undefined) => (typeof value === 'string' ? value : null)

/** Page by page, in the order of ids. */
async function* everybody(target: Target): AsyncGenerator<Found> {
  for (let after = 0; ; ) {
    const page = await query(
      target,
      `SELECT * FROM users WHERE id > ${after} ORDER BY id LIMIT ${rowsAtOnce}`,
    )
    yield* page
    if (page.length < rowsAtOnce) return
    after = Number(page.at(-1)?.id)
  }
}

export async function query({ parameters }: Target, sql: string): Promise<Found[]> {
  const { succeeded, answer, output } = await askWrangler([
    ...['d1', 'execute', 'DB', ...parameters, '--json', '--command', sql],
  ])
  if (!succeeded) refuseBecause(output)
  const [{ results }] = JSON.parse(answer) as [{ results: Found[] }]
  return results
}

/** Applies a piece, whole or not at all. */
export async function apply({ parameters, directory }: Target, sql: string) {
  const file = join(directory, 'piece.sql')
  writeFileSync(file, sql, { mode: 0o600 })
  const { succeeded, output } = await askWrangler([
    ...['d1', 'execute', 'DB', ...parameters, '--yes', '--file', file],
  ])
  if (!succeeded) refuseBecause(output)
}

function refuseBecause(output: string): never {
  if (output.includes('no such table')) {
    refuse('The database has no tables yet: first npm run dev, or npm run deploy for --remote.')
  }
  refuse(
    `${output.replace(/X'[0-9a-f]*'/gi, "X'…'")}\nWhat was imported stays; run it again to go on.`,
  )
}
