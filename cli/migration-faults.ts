// Finds statements in migrations that would lose rows or columns, or fail. D1 always enforces foreign keys, even if a migration
// turns them off. So DROP TABLE deletes the table's rows, and rows of other tables that refer to them with ON DELETE.

import {
  alteredColumn,
  applyStatement,
  childrenOf,
  createdTable,
  renamedTable,
  type Tables,
  wordsOfClause,
} from './migration-tables.ts'
import { listed } from './numbers.ts'
import { isAt, statementsIn, type Token, tableAt } from './sql.ts'

export interface Migration {
  /** The file's name. */
  name: string
  sql: string
}

/** What a statement is judged by: its neighbours in the file, and the tables before it. */
interface Place {
  tables: Tables
  before: Token[][]
  after: Token[][]
  /** The tables that the file creates. They have no rows. */
  created: Set<string>
  /** What the file may drop: `table`, or `table.column`. */
  mayDrop: Set<string>
}

const advice = 'All rules: docs/customising.md, "What a migration may do".'

/**
 * The first fault, as a sentence with advice; undefined if there is none.
 * @param migrations all of them in order, since the tables are declared by earlier ones
 */
export function findFault(migrations: Migration[]): string | undefined {
  const tables: Tables = new Map()
  for (const { name, sql } of migrations) {
    const fault = faultIn(sql, tables)
    if (fault) return `${name} ${fault}\n${advice}`
  }
  return undefined
}

function faultIn(sql: string, tables: Tables): string | undefined {
  const statements = [...statementsIn(sql)].map(({ tokens }) => tokens)
  const [created, mayDrop] = [new Set<string>(), mayDropIn(sql)]
  for (const [at, tokens] of statements.entries()) {
    const [before, after] = [statements.slice(0, at), statements.slice(at + 1)]
    const place = { tables, before, after, created, mayDrop }
    const fault =
      dropTableFault(tokens, place) ??
      dropColumnFault(tokens, place) ??
      additionFault(tokens, place)
    if (fault) return fault
    noteCreated(tokens, tables, created)
    applyStatement(tokens, tables)
  }
  return undefined
}

/** The names in comments such as `-- gatehouse: drop users.company`, by which a deployer gives up a table or column. */
const mayDropIn = (sql: string) =>
  new Set(
    [...sql.matchAll(/^\s*--\s*gatehouse:\s*drop\s+([\w.]+)/gim)].map(([, name]) =>
      String(name).toLowerCase(),
    ),
  )

function noteCreated(tokens: Token[], tables: Tables, created: Set<string>) {
  const table = createdTable(tokens)?.table
  if (table && !tables.has(table)) created.add(table)
  const renamed = renamedTable(tokens)
  if (renamed && created.delete(renamed.from)) created.add(renamed.to)
}

function dropTableFault(tokens: Token[], place: Place): string | undefined {
  if (!isAt(tokens, 0, 'DROP', 'TABLE')) return undefined
  const { table } = tableAt(tokens, 2)
  const copy = copyOf(table, place)
  const does = copy
    ? `rebuilds the table ${table}${changesIn(table, copy, place)}`
    : `drops the table ${table}`
  const { deleted, emptied, kept } = childrenOf(table, place.tables)
  if (deleted.length + emptied.length > 0) {
    return `${does}. ${lossOf(deleted, emptied)} ${copy ? leaveColumns : leaveTable}`
  }
  if (!copy) {
    if (place.created.has(table) || place.mayDrop.has(table)) return undefined
    return `${does}, with all its rows. ${leaveTable} ${ifMayGo(table)}`
  }
  if (kept.length > 0) {
    return `${does}. D1 would refuse to drop it while rows of ${listed(kept)} refer to it. ${leaveColumns}`
  }
  return rebuildFault(table, copy, does, place)
}

const leaveTable = 'Leave the table in the code.'

const leaveColumns =
  'Leave existing columns as they are. Add a column that may be null or has a default, and fill it with an ' +
  'UPDATE in a migration of your own (--custom).'

function lossOf(deleted: string[], emptied: string[]): string {
  const losses = [
    ...(deleted.length > 0 ? [`delete the rows of ${listed(deleted)}`] : []),
    ...(emptied.length > 0 ? [`empty the columns of ${listed(emptied)} that refer to it`] : []),
  ]
  return `D1 would also ${losses.join(' and ')}, because it ignores PRAGMA foreign_keys=OFF.`
}

const ifMayGo = (name: string) =>
  `If it may go for ever: let npx drizzle-kit generate write the migration, and add the line "-- gatehouse: drop ${name}" to it.`

/** The table that this file makes in place of another: created before, renamed after. */
function copyOf(table: string, { created, after }: Place): string | undefined {
  const renamed = after.map(renamedTable).find((each) => each?.to === table)
  return renamed && created.has(renamed.from) ? renamed.from : undefined
}

/** In brackets, each column that the rebuild changes. */
function changesIn(table: string, copy: string, { tables }: Place): string {
  const [old, now] = [tables.get(table)?.columns, tables.get(copy)?.columns]
  const changes = [...(old ?? [])].flatMap(([name, before]) => {
    const after = now?.get(name)
    return after && textOf(after) !== textOf(before)
      ? [`${name}: ${textOf(before)} → ${textOf(after)}`]
      : []
  })
  return changes.length > 0 ? ` (${changes.join('; ')})` : ''
}

const textOf = (tokens: Token[]) =>
  tokens.map(({ kind, text }) => (kind === 'word' ? text.toLowerCase() : text)).join(' ')

/** A rebuild copies the rows, so it must copy all of them, with all their columns. */
function rebuildFault(table: string, copy: string, does: string, place: Place) {
  const columnsOf = (name: string) => place.tables.get(name)?.columns ?? new Map<string, Token[]>()
  const [old, now] = [columnsOf(table), columnsOf(copy)]
  const insert = place.before.find((tokens) => copies(tokens, table, copy))
  if (!insert) return `${does} without a copy of its rows.`
  const lost = [...old.keys()].find(
    (name) => !now.has(name) && !place.mayDrop.has(`${table}.${name}`),
  )
  if (lost) return `${does}, and loses its column ${lost}. ${ifMayGo(`${table}.${lost}`)}`
  const tightened = [...now].find(
    ([name, column]) => isNotNull(column) && old.has(name) && !isNotNull(old.get(name) ?? []),
  )?.[0]
  if (tightened) {
    return `${does}. It fails if ${tightened} is NULL in a row. ${leaveColumns}`
  }
  const misread = [...now.keys()].find((name) => !old.has(name) && names(insert, name))
  if (misread) {
    return `${does}. SQLite would write the text '${misread}' into its new column ${misread}. Make two migrations: one that adds the column, one that rebuilds the table.`
  }
  return undefined
}

const copies = (tokens: Token[], table: string, copy: string) =>
  isAt(tokens, 0, 'INSERT', 'INTO') &&
  tableAt(tokens, 2).table === copy &&
  tokens.some((_, at) => isAt(tokens, at, 'FROM') && tableAt(tokens, at + 1).table === table)

const isNotNull = (column: Token[]) => /\bNOT NULL\b/.test(wordsOfClause(column, 0))

const names = (tokens: Token[], column: string) =>
  tokens.some(({ text }) => text.toLowerCase() === column)

function dropColumnFault(tokens: Token[], { mayDrop, created }: Place): string | undefined {
  const dropped = alteredColumn(tokens, 'DROP')
  if (!dropped || created.has(dropped.table)) return undefined
  const name = `${dropped.table}.${dropped.column}`
  if (mayDrop.has(name)) return undefined
  return (
    `drops the column ${name}, with its value in every row of ${dropped.table}. Leave it in the code: a field that ` +
    `REQUIRED_FIELDS does not name is neither shown nor accepted. ${ifMayGo(name)}`
  )
}

/** SQLite adds such columns only to a table without rows. */
function additionFault(tokens: Token[], { created }: Place): string | undefined {
  const added = alteredColumn(tokens, 'ADD')
  if (!added || created.has(added.table)) return undefined
  const { table, column, after } = added
  const words = wordsOfClause(tokens, after)
  if (/\bNOT NULL\b/.test(words) && !/\b(DEFAULT|GENERATED|AS)\b/.test(words)) {
    return (
      `adds the column ${column} to ${table} as NOT NULL without a default. It fails if the table has rows; ` +
      `otherwise every sign-up fails. Write .notNull().default(…) for ${column}, or omit .notNull().`
    )
  }
  if (/\bREFERENCES\b/.test(words) && /\bDEFAULT\b(?! NULL)/.test(words)) {
    return (
      `adds the column ${column} to ${table} as a reference with a default. It fails if the table has rows. ` +
      `Write .$default(() => …) for ${column} in place of .notNull() and .default(…), and fill the existing rows with an ` +
      'UPDATE in a migration of your own (--custom).'
    )
  }
  if (isComputed(tokens, after)) {
    return (
      `adds the column ${column} to ${table} with a default that is computed. It fails if the table has rows. ` +
      `Write .$default(() => …) for ${column} in place of .default(sql…).`
    )
  }
  return undefined
}

/** Whether the default is the current time, or an expression. SQLite takes a number or a text in brackets for a constant. */
function isComputed(tokens: Token[], from: number): boolean {
  const at = tokens.findIndex((_, i) => i >= from && isAt(tokens, i, 'DEFAULT'))
  const value = at < 0 ? [] : tokens.slice(at + 1)
  if (/^CURRENT_(TIME|DATE|TIMESTAMP)$/.test(value[0]?.text ?? '')) return true
  const inside = value.slice(/^[+-]$/.test(value[1]?.text ?? '') ? 2 : 1)
  return value[0]?.text === '(' && value[0].kind === 'sign' && inside[1]?.text !== ')'
}
