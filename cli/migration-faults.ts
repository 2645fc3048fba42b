// Finds statements in migrations that would lose rows or fail. D1 always enforces foreign keys, even if a migration turns
// them off. So DROP TABLE deletes the table's rows, and rows of other tables that refer to them with ON DELETE.

import { isAt, statementsIn, type Token, tableAt } from './sql.ts'

export interface Migration {
  /** The file's name. */
  name: string
  sql: string
}

/** For each table, the tables that refer to it with ON DELETE, and that lose rows when its rows are deleted. */
type Children = Map<string, Set<string>>

const advice = 'What to write instead: docs/customising.md, "What a migration may do".'

/**
 * The first fault, as a sentence with advice; undefined if there is none.
 * @param migrations all of them in order, since a table's children are declared by earlier ones
 */
export function findFault(migrations: Migration[]): string | undefined {
  const children: Children = new Map()
  for (const { name, sql } of migrations) {
    const created = new Set<string>()
    for (const { tokens } of statementsIn(sql)) {
      const fault = dropFault(tokens, children) ?? additionFault(tokens, created)
      if (fault) return `${name} ${fault}\n${advice}`
      remember(tokens, children, created)
    }
  }
  return undefined
}

function dropFault(tokens: Token[], children: Children): string | undefined {
  if (!isAt(tokens, 0, 'DROP', 'TABLE')) return undefined
  const { table } = tableAt(tokens, 2)
  const affected = [...(children.get(table) ?? [])].filter((child) => child !== table)
  if (affected.length === 0) return undefined
  return (
    `rebuilds or drops the table ${table} (DROP TABLE). D1 would also delete the rows of ${affected.join(', ')}, ` +
    'because it ignores PRAGMA foreign_keys=OFF. Leave existing columns as they are. Add a column ' +
    'that may be null or has a default, and change a default in code.'
  )
}

/** SQLite accepts such a column only while the table is empty. After that, every new row must have a value. */
function additionFault(tokens: Token[], created: Set<string>): string | undefined {
  const added = additionIn(tokens)
  if (!added || created.has(added.table)) return undefined
  const { table, column, words } = added
  if (!/\bNOT NULL\b/.test(words) || /\b(DEFAULT|GENERATED|AS)\b/.test(words)) return undefined
  return (
    `adds the column ${column} to ${table} as NOT NULL without a default. It fails if the table has rows; ` +
    `otherwise every sign-up fails. Write .notNull().default(…) for ${column}, or omit .notNull().`
  )
}

function additionIn(tokens: Token[]) {
  if (!isAt(tokens, 0, 'ALTER', 'TABLE')) return undefined
  const { table, after } = tableAt(tokens, 2)
  if (!isAt(tokens, after, 'ADD')) return undefined
  const start = after + (isAt(tokens, after + 1, 'COLUMN') ? 2 : 1)
  const column = (tokens[start]?.text ?? '').toLowerCase()
  return { table, column, words: wordsOfClause(tokens, start + 1) }
}

/** Records the effect of a statement for those that follow: new references between tables, and new names. */
function remember(tokens: Token[], children: Children, created: Set<string>) {
  if (isAt(tokens, 0, 'CREATE')) {
    const at = tokens.findIndex((_, i) => i < 3 && isAt(tokens, i, 'TABLE'))
    if (at < 0) return
    const { table } = tableAt(tokens, at + 1)
    created.add(table)
    addParents(table, tokens, children)
  } else if (isAt(tokens, 0, 'DROP', 'TABLE')) {
    const { table } = tableAt(tokens, 2)
    for (const tables of children.values()) tables.delete(table)
    children.delete(table)
  } else if (isAt(tokens, 0, 'ALTER', 'TABLE')) {
    const { table, after } = tableAt(tokens, 2)
    if (isAt(tokens, after, 'RENAME', 'TO')) rename(table, tableAt(tokens, after + 2).table)
    else addParents(table, tokens, children)
  }

  function rename(table: string, to: string) {
    if (created.delete(table)) created.add(to)
    for (const tables of children.values()) if (tables.delete(table)) tables.add(to)
    const own = children.get(table)
    children.delete(table)
    if (own) children.set(to, own)
  }
}

function addParents(table: string, tokens: Token[], children: Children) {
  for (const [at] of tokens.entries()) {
    if (!isAt(tokens, at, 'REFERENCES')) continue
    const { table: parent, after } = tableAt(tokens, at + 1)
    if (!losesRows(tokens, after)) continue
    children.set(parent, (children.get(parent) ?? new Set()).add(table))
  }
}

/** Whether a reference says ON DELETE CASCADE, SET NULL or SET DEFAULT. */
function losesRows(tokens: Token[], from: number): boolean {
  const clause = wordsOfClause(tokens, from).split(/\bREFERENCES\b/)[0] ?? ''
  return /\bON DELETE (CASCADE|SET)\b/.test(clause)
}

/** The words from a position to the end of its column or key, without those in brackets. */
function wordsOfClause(tokens: Token[], from: number): string {
  const words: string[] = []
  let depth = 0
  for (const { kind, text } of tokens.slice(from)) {
    const sign = kind === 'sign' ? text : ''
    depth += steps[sign] ?? 0
    if (depth < 0 || (depth === 0 && sign === ',')) break
    if (depth === 0) words.push(kind === 'word' ? text : '?')
  }
  return words.join(' ')
}

const steps: Record<string, number> = { '(': 1, ')': -1 }
