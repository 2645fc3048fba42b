// The database that receives the export. It must have no rows.

import { query, type Row } from '../database.ts'
import type { Migration } from '../migration-faults.ts'
import { isAt, statementsIn, type Token, tableAt } from '../sql.ts'
import { parentsFirst } from './order.ts'

export interface RestoreTarget {
  /** The tables to drop before the export is loaded; children first. */
  tables: string[]
  views: string[]
  sequences: Map<string, number>
  /** The first table that has rows which the restore would lose. */
  filledTable?: string | undefined
}

/** Tables whose rows a restore may delete: the counters of attempts, and wrangler's list of migrations. */
const disposable = ['throttles', 'd1_migrations']

export async function inspectTarget(
  where: string[],
  migrations: Migration[],
): Promise<RestoreTarget> {
  const found = await query(
    where,
    `SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view')
      AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  )
  const tables = found.filter(({ type }) => type === 'table').map(tableFrom)
  const names = tables.map(({ name }) => name)
  const seeded = tablesFilledBy(migrations)
  const checked = names.filter((name) => !disposable.includes(name) && !seeded.has(name))
  return {
    tables: parentsFirst(tables)
      .map(({ name }) => name)
      .reverse(),
    views: found.filter(({ type }) => type === 'view').map(({ name }) => String(name)),
    sequences: await sequencesIn(where, tables),
    filledTable: await firstFilled(where, checked),
  }
}

function tableFrom({ name, sql }: Row): { name: string; tokens: Token[] } {
  const [statement] = statementsIn(String(sql))
  return { name: String(name).toLowerCase(), tokens: statement?.tokens ?? [] }
}

/** Tables that a migration inserts rows into. These rows come back with the export. */
const tablesFilledBy = (migrations: Migration[]) =>
  new Set(
    migrations
      .flatMap(({ sql }) => [...statementsIn(sql)])
      .filter(({ tokens }) => isAt(tokens, 0, 'INSERT'))
      .map(({ tokens }) => {
        const at = tokens.findIndex((_, i) => isAt(tokens, i, 'INTO'))
        return tableAt(tokens, at + 1).table
      }),
  )

async function firstFilled(where: string[], names: string[]): Promise<string | undefined> {
  if (names.length === 0) return undefined
  const each = names.map((name) => `EXISTS (SELECT 1 FROM "${name}") AS "${name}"`)
  const [found = {}] = await query(where, `SELECT ${each.join(', ')}`)
  return names.find((name) => found[name] === 1)
}

/** The number of rows of each table, by its name. */
export async function countRows(where: string[], names: string[]): Promise<Row> {
  const each = names.map((name) => `(SELECT count(*) FROM "${name}") AS "${name}"`)
  const [found = {}] = await query(where, `SELECT ${each.join(', ')}`)
  return found
}

async function sequencesIn(where: string[], tables: { tokens: Token[] }[]) {
  const isCounted = ({ tokens }: { tokens: Token[] }) =>
    tokens.some((_, at) => isAt(tokens, at, 'AUTOINCREMENT'))
  if (!tables.some(isCounted)) return new Map<string, number>()
  const rows = await query(where, 'SELECT name, seq FROM sqlite_sequence')
  return new Map(rows.map(({ name, seq }) => [String(name).toLowerCase(), Number(seq)]))
}
