// Checks that an export is complete: it has every table and index of the migrations that it lists as applied.

import type { Migration } from '../migration-faults.ts'
import { isAt, isSign, statementsIn, type Token, tableAt } from '../sql.ts'
import type { Export } from './reading.ts'

const advice = 'Export again: npx wrangler d1 export DB --remote --output backup.sql'

/** The error of an export that is not complete; undefined for a complete export of this version or an older one. */
export function findGap(found: Export, migrations: Migration[]): string | undefined {
  const { tables, others, sequences, migrations: applied } = found
  if (tables.size === 0) return `it has no table. ${advice}`
  if (applied.length === 0) return `it does not list the migrations that were applied. ${advice}`
  const unknown = applied.find((name) => !migrations.some((each) => each.name === name))
  if (unknown) return `it is from another version of Gatehouse: ${unknown} is not in migrations/.`

  const created = createdBy(migrations.filter(({ name }) => applied.includes(name)))
  const missing = [...created.keys()].find((name) => !tables.has(name) && !others.has(name))
  if (missing) return `it is not complete: ${created.get(missing)} ${missing} is missing. ${advice}`
  const withoutLastId = [...tables.values()].find(
    ({ name, tokens, count }) =>
      count > 0 &&
      !sequences.has(name) &&
      tokens.some((_, at) => isAt(tokens, at, 'AUTOINCREMENT')),
  )
  if (withoutLastId) {
    return `it is not complete: the last id of ${withoutLastId.name} is missing. ${advice}`
  }
  return undefined
}

/** The tables and indexes that exist after these migrations: by name, `the table` or `the index`. */
function createdBy(migrations: Migration[]): Map<string, string> {
  const created = new Map<string, string>()
  const tableOf = new Map<string, string>()
  const drop = (name: string) => {
    created.delete(name)
    for (const [index, table] of tableOf) if (table === name) created.delete(index)
  }
  for (const { tokens } of migrations.flatMap(({ sql }) => [...statementsIn(sql)])) {
    const change = changeIn(tokens)
    if (!change) continue
    const { table: name, after } = tableAt(tokens, change.at)
    if (change.verb === 'DROP') drop(name)
    else if (change.verb === 'CREATE') {
      created.set(name, change.kind === 'TABLE' ? 'the table' : 'the index')
      if (change.kind === 'INDEX') tableOf.set(name, tableAt(tokens, after + 1).table)
    } else if (isAt(tokens, after, 'RENAME', 'TO')) rename(name, tableAt(tokens, after + 2).table)
  }
  return created

  function rename(name: string, to: string) {
    if (created.delete(name)) created.set(to, 'the table')
    for (const [index, table] of tableOf) if (table === name) tableOf.set(index, to)
  }
}

/** The verb of a statement about a table or an index, and the position of the name; undefined for another statement. */
function changeIn(tokens: Token[]) {
  const verb = tokens[0]?.text ?? ''
  if (!['CREATE', 'DROP', 'ALTER'].includes(verb) || tokens.some((each) => isSign(each, ';'))) {
    return undefined
  }
  const kindAt = [1, 2].find((at) => isAt(tokens, at, 'TABLE') || isAt(tokens, at, 'INDEX'))
  return kindAt === undefined ? undefined : { verb, kind: tokens[kindAt]?.text, at: kindAt + 1 }
}
