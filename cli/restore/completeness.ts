// Whether an export is whole: it has all that the migrations made which it says were applied.

import type { Migration } from '../migration-faults.ts'
import { isAt, isSign, statementsIn, type Token, tableAt } from '../sql.ts'
import type { Export } from './reading.ts'

const advice = 'Make it with: npx wrangler d1 export DB --remote --output backup.sql'

/** A sentence on what is missing; undefined for a whole export of this version or an older one. */
export function whyIncomplete(found: Export, migrations: Migration[]): string | undefined {
  const { tables, others, sequences, migrations: applied } = found
  if (tables.size === 0) return `it has no table. ${advice}`
  if (applied.length === 0) return `it does not say which migrations were applied. ${advice}`
  const unknown = applied.find((name) => !migrations.some((each) => each.name === name))
  if (unknown) return `it is of another version of Gatehouse: ${unknown} is not in migrations/.`

  const made = madeBy(migrations.filter(({ name }) => applied.includes(name)))
  const missing = [...made.keys()].find((name) => !tables.has(name) && !others.has(name))
  if (missing) return `it is not whole: ${made.get(missing)} ${missing} is missing. ${advice}`
  const uncounted = [...tables.values()].find(
    ({ name, tokens, count }) =>
      count > 0 &&
      !sequences.has(name) &&
      tokens.some((_, at) => isAt(tokens, at, 'AUTOINCREMENT')),
  )
  if (uncounted) return `it is not whole: the last id of ${uncounted.name} is missing. ${advice}`
  return undefined
}

/** By name, what exists once these migrations were applied: `the table` or `the index`. */
function madeBy(migrations: Migration[]): Map<string, string> {
  const made = new Map<string, string>()
  const tableOf = new Map<string, string>()
  const drop = (name: string) => {
    made.delete(name)
    for (const [index, table] of tableOf) if (table === name) made.delete(index)
  }
  for (const { tokens } of migrations.flatMap(({ sql }) => [...statementsIn(sql)])) {
    const first = placeOf(tokens)
    if (!first) continue
    const { table: name, after } = tableAt(tokens, first.at)
    if (first.act === 'DROP') drop(name)
    else if (first.act === 'CREATE') {
      made.set(name, first.kind === 'TABLE' ? 'the table' : 'the index')
      if (first.kind === 'INDEX') tableOf.set(name, tableAt(tokens, after + 1).table)
    } else if (isAt(tokens, after, 'RENAME', 'TO')) rename(name, tableAt(tokens, after + 2).table)
  }
  return made

  function rename(name: string, to: string) {
    if (made.delete(name)) made.set(to, 'the table')
    for (const [index, table] of tableOf) if (table === name) tableOf.set(index, to)
  }
}

/** Of a statement about a table or an index: what it does, and where the name is. */
function placeOf(tokens: Token[]) {
  const act = tokens[0]?.text ?? ''
  if (!['CREATE', 'DROP', 'ALTER'].includes(act) || tokens.some((each) => isSign(each, ';'))) {
    return undefined
  }
  const kindAt = [1, 2].find((at) => isAt(tokens, at, 'TABLE') || isAt(tokens, at, 'INDEX'))
  return kindAt === undefined ? undefined : { act, kind: tokens[kindAt]?.text, at: kindAt + 1 }
}
