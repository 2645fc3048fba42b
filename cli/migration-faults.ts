// What a migration must not do, found in its SQL. D1 keeps foreign keys on whatever a migration says: to drop a table
// is to delete its rows, and with them the rows of other tables that refer to them with ON DELETE.

import { isAt, statementsIn, type Token, tableAt } from './sql.ts'

export interface Migration {
  /** The file's name. */
  name: string
  sql: string
}

/** By table, the tables that its rows take with them: those that refer to it with ON DELETE. */
type Children = Map<string, Set<string>>

const advice = 'docs/customising.md, "What a migration may do", says what to write instead.'

/**
 * A sentence for the first fault, which says what to write instead.
 * @param migrations all of them in order, since a table's children are declared by earlier ones
 */
export function faultIn(migrations: Migration[]): string | undefined {
  const children: Children = new Map()
  for (const { name, sql } of migrations) {
    const made = new Set<string>()
    for (const { tokens } of statementsIn(sql)) {
      const fault = dropFault(tokens, children) ?? additionFault(tokens, made)
      if (fault) return `${name} ${fault}\n${advice}`
      remember(tokens, children, made)
    }
  }
  return undefined
}

function dropFault(tokens: Token[], children: Children): string | undefined {
  if (!isAt(tokens, 0, 'DROP', 'TABLE')) return undefined
  const { table } = tableAt(tokens, 2)
  const lost = [...(children.get(table) ?? [])].filter((child) => child !== table)
  if (lost.length === 0) return undefined
  return (
    `rebuilds or drops the table ${table} (DROP TABLE): D1 would delete the rows of ${lost.join(', ')} with it, ` +
    'for PRAGMA foreign_keys=OFF does nothing there. Leave the columns that exist as they are: add a column ' +
    'that may be null or has a default, and change a default in code.'
  )
}

/** SQLite takes such a column only while the table is empty; then every row must bring a value. */
function additionFault(tokens: Token[], made: Set<string>): string | undefined {
  const added = additionIn(tokens)
  if (!added || made.has(added.table)) return undefined
  const { table, column, words } = added
  if (!/\bNOT NULL\b/.test(words) || /\b(DEFAULT|GENERATED|AS)\b/.test(words)) return undefined
  return (
    `adds the column ${column} to ${table} as NOT NULL without a default: it fails where there are rows, and ` +
    `without any it makes each sign-up fail. Write .notNull().default(…) for ${column}, or leave .notNull() out.`
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

/** Keeps what later statements are held against: which table refers to which, under which name. */
function remember(tokens: Token[], children: Children, made: Set<string>) {
  if (isAt(tokens, 0, 'CREATE')) {
    const at = tokens.findIndex((_, i) => i < 3 && isAt(tokens, i, 'TABLE'))
    if (at < 0) return
    const { table } = tableAt(tokens, at + 1)
    made.add(table)
    addParents(table, tokens, children)
  } else if (isAt(tokens, 0, 'DROP', 'TABLE')) {
    const { table } = tableAt(tokens, 2)
    for (const of of children.values()) of.delete(table)
    children.delete(table)
  } else if (isAt(tokens, 0, 'ALTER', 'TABLE')) {
    const { table, after } = tableAt(tokens, 2)
    if (isAt(tokens, after, 'RENAME', 'TO')) rename(table, tableAt(tokens, after + 2).table)
    else addParents(table, tokens, children)
  }

  function rename(table: string, to: string) {
    if (made.delete(table)) made.add(to)
    for (const of of children.values()) if (of.delete(table)) of.add(to)
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

/** The words from a place on to where its column or key ends, without what is in brackets. */
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
