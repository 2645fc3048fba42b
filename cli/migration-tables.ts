// The tables that migrations make, as far as it concerns what a later migration would lose: their columns, and which tables
// refer to which. Statement by statement, from the SQL alone.

import { isAt, isSign, type Token, tableAt } from './sql.ts'

/** What becomes of a row when the row that it refers to is deleted. */
type OnDelete = 'deleted' | 'emptied' | 'kept'

export interface Table {
  /** The definition of each column, without its default. A name is in lower case, since SQLite ignores case. */
  columns: Map<string, Token[]>
  references: { parent: string; onDelete: OnDelete }[]
}

export type Tables = Map<string, Table>

/** Changes the tables as a statement does. */
export function applyStatement(tokens: Token[], tables: Tables) {
  if (isAt(tokens, 0, 'DROP', 'TABLE')) return tables.delete(tableAt(tokens, 2).table)
  const created = createdTable(tokens)
  if (created && !tables.has(created.table)) {
    return tables.set(created.table, {
      columns: columnsOf(tokens, created.after),
      references: referencesIn(tokens),
    })
  }
  return alterTable(tokens, tables)
}

/** The table that a statement creates, and the position after its name. */
export function createdTable(tokens: Token[]) {
  if (!isAt(tokens, 0, 'CREATE')) return undefined
  const at = [1, 2].find((position) => isAt(tokens, position, 'TABLE'))
  return at === undefined ? undefined : tableAt(tokens, at + 1)
}

/** The old and the new name in ALTER TABLE … RENAME TO. */
export function renamedTable(tokens: Token[]) {
  if (!isAt(tokens, 0, 'ALTER', 'TABLE')) return undefined
  const { table, after } = tableAt(tokens, 2)
  if (!isAt(tokens, after, 'RENAME', 'TO')) return undefined
  return { from: table, to: tableAt(tokens, after + 2).table }
}

/** The column in ALTER TABLE … ADD or DROP, and the position after its name. */
export function alteredColumn(tokens: Token[], verb: 'ADD' | 'DROP') {
  if (!isAt(tokens, 0, 'ALTER', 'TABLE')) return undefined
  const { table, after } = tableAt(tokens, 2)
  if (!isAt(tokens, after, verb)) return undefined
  const at = isAt(tokens, after + 1, 'COLUMN') ? after + 2 : after + 1
  return { table, column: nameAt(tokens, at), after: at + 1 }
}

function alterTable(tokens: Token[], tables: Tables) {
  const renamed = renamedTable(tokens)
  if (renamed) return renameTable(renamed.from, renamed.to, tables)
  if (!isAt(tokens, 0, 'ALTER', 'TABLE')) return
  const { table: name, after } = tableAt(tokens, 2)
  const table = tables.get(name)
  if (!table) return
  const added = alteredColumn(tokens, 'ADD')
  const dropped = alteredColumn(tokens, 'DROP')
  if (added) {
    table.columns.set(added.column, definitionIn(tokens.slice(added.after)))
    table.references.push(...referencesIn(tokens))
  } else if (dropped) table.columns.delete(dropped.column)
  else if (isAt(tokens, after, 'RENAME')) renameColumn(tokens, after + 1, table)
}

function renameTable(from: string, to: string, tables: Tables) {
  const renamed = tables.get(from)
  tables.delete(from)
  if (renamed) tables.set(to, renamed)
  for (const { references } of tables.values()) {
    for (const reference of references) if (reference.parent === from) reference.parent = to
  }
}

/** @param after the position after RENAME: the word COLUMN may be left out */
function renameColumn(tokens: Token[], after: number, { columns }: Table) {
  const at = isAt(tokens, after, 'COLUMN') ? after + 1 : after
  const [from, to] = [nameAt(tokens, at), nameAt(tokens, at + 2)]
  columns.set(to, columns.get(from) ?? [])
  columns.delete(from)
}

const nameAt = (tokens: Token[], at: number) => (tokens[at]?.text ?? '').toLowerCase()

const constraints = ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN']

/** @param at the position of the bracket after the table's name */
function columnsOf(tokens: Token[], at: number): Map<string, Token[]> {
  const inside = tokens[at] && isSign(tokens[at], '(') ? tokens.slice(at + 1) : []
  const isConstraint = ([first]: Token[]) =>
    first?.kind === 'word' && constraints.includes(first.text)
  return new Map(
    clausesOf(inside)
      .filter((clause) => clause.length > 0 && !isConstraint(clause))
      .map((clause) => [nameAt(clause, 0), definitionIn(clause.slice(1))]),
  )
}

/** The parts between commas, up to the bracket that closes them. */
function clausesOf(tokens: Token[]): Token[][] {
  const clauses: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    depth += depthStep(token)
    if (depth < 0) break
    if (depth === 0 && isSign(token, ',')) clauses.push([])
    else clauses.at(-1)?.push(token)
  }
  return clauses
}

const steps: Record<string, number> = { '(': 1, ')': -1 }

const depthStep = (token: Token | undefined) =>
  token?.kind === 'sign' ? (steps[token.text] ?? 0) : 0

/** A column's type and constraints, without its default: the database may keep an old one (makemigrations/defaults.ts). */
function definitionIn(tokens: Token[]): Token[] {
  const clause = clausesOf(tokens)[0] ?? []
  const at = clause.findIndex((_, i) => isAt(clause, i, 'DEFAULT'))
  return at < 0 ? clause : [...clause.slice(0, at), ...clause.slice(afterValue(clause, at + 1))]
}

/** The position after a default: an expression in brackets, or a value that may have a sign. */
function afterValue(tokens: Token[], at: number): number {
  if (/^[+-]$/.test(tokens[at]?.text ?? '')) return at + 2
  let depth = 0
  for (let end = at; end < tokens.length; end++) {
    depth += depthStep(tokens[end])
    if (depth === 0) return end + 1
  }
  return tokens.length
}

function referencesIn(tokens: Token[]): Table['references'] {
  return [...tokens.keys()]
    .filter((at) => isAt(tokens, at, 'REFERENCES'))
    .map((at) => {
      const { table: parent, after } = tableAt(tokens, at + 1)
      return { parent, onDelete: onDeleteIn(tokens, after) }
    })
}

function onDeleteIn(tokens: Token[], from: number): OnDelete {
  const clause = wordsOfClause(tokens, from).split(/\bREFERENCES\b/)[0] ?? ''
  if (/\bON DELETE CASCADE\b/.test(clause)) return 'deleted'
  return /\bON DELETE SET\b/.test(clause) ? 'emptied' : 'kept'
}

/** The words from a position to the end of its column or key, without those in brackets; `?` for what is no word. */
export function wordsOfClause(tokens: Token[], from: number): string {
  const words: string[] = []
  let depth = 0
  for (const token of clausesOf(tokens.slice(from))[0] ?? []) {
    depth += depthStep(token)
    if (depth === 0) words.push(token.kind === 'word' ? token.text : '?')
  }
  return words.join(' ')
}

/** The tables whose rows are deleted with all rows of a table, those that only lose their reference, and all others. */
export function childrenOf(table: string, tables: Tables): Record<OnDelete, string[]> {
  const deleted = new Set([table])
  const others: Record<'emptied' | 'kept', Set<string>> = { emptied: new Set(), kept: new Set() }
  for (const parent of deleted) {
    for (const [child, { references }] of tables) {
      for (const { onDelete } of references.filter((each) => each.parent === parent)) {
        if (onDelete === 'deleted') deleted.add(child)
        else others[onDelete].add(child)
      }
    }
  }
  const without = (names: Set<string>) => [...names].filter((name) => !deleted.has(name))
  return {
    deleted: [...deleted].filter((name) => name !== table),
    emptied: without(others.emptied),
    kept: without(others.kept),
  }
}
