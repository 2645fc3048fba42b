// Which columns the users of a source have, how many rows hold something in them, and which have no place here.

import type { Fields, Mapping } from './fields.ts'
import { leftIn, strangersIn } from './fields.ts'
import { type Findings, type Kind, printable, report } from './findings.ts'
import { columns as kinds } from './kinds.ts'
import { columnName, holdsSomething } from './rows.ts'

/** Django's own, in tables of their own but for dumpdata. */
const ofGroups = ['groups', 'user_permissions']

export type Columns = ReturnType<typeof openColumns>

export function openColumns(fields: Fields, mapping: Mapping, loginField: string) {
  const ours = new Set(Object.values(fields))
  if (fields.id === 'id') ours.add('pk')
  const needed = ['id', 'password', loginField].flatMap((name) => fields[name] ?? [])
  const holding = new Map<string, number>()
  const hold = (name: string, rows: number) => holding.set(name, (holding.get(name) ?? 0) + rows)

  return {
    /** @throws where what no user can be without is not there */
    begin(table: string, names: string[]): string[] {
      for (const name of names) hold(name, 0)
      const twice = names.find((name, index) => names.indexOf(name) !== index)
      if (twice) throw new Error(`${table} has two columns that read as ${printable(twice)}.`)
      const missing = needed.filter((name) => !names.includes(name) && !isKey(name, names))
      if (missing.length > 0) throw new Error(missingIn(table, missing, names, fields))
      return names.filter((name) => ours.has(name))
    },
    hold,
    take(values: Record<string, unknown>) {
      for (const name in values) {
        if (!ours.has(name)) hold(name, holdsSomething(values[name]) ? 1 : 0)
      }
    },
    tell(findings: Findings) {
      const left = leftIn(mapping)
      for (const [name, rows] of holding) {
        const kind = kindOf(name, rows)
        if (kind && !ours.has(name) && !left.includes(name)) report(findings, kind, '', rows)
      }
    },
    /** Columns that the mapping names and the source has not. */
    misnamed() {
      const named = Object.values(mapping).flatMap((theirs) =>
        theirs === null ? [] : [columnName(theirs)],
      )
      const known = (name: string) => holding.has(name) || ofGroups.includes(name)
      return [...named, ...strangersIn(mapping)].filter((name) => !known(name))
    },
  }
}

function kindOf(name: string, rows: number): Kind | undefined {
  if (ofGroups.includes(name)) return rows > 0 ? kinds.groups(name) : undefined
  return rows > 0 ? kinds.unmapped(printable(name)) : kinds.empty(printable(name))
}

const isKey = (name: string, names: string[]) => name === 'id' && names.includes('pk')

function missingIn(table: string, missing: string[], found: string[], fields: Fields) {
  const hint = missing.includes('id') ? ' dumpdata --natural-primary leaves ids out.' : ''
  const expected = [...new Set(Object.values(fields))]
  return (
    `${table} has no column ${missing.join(' and no ')}. Found: ${found.map(printable).join(', ')}. ` +
    `Expected: ${expected.join(', ')}. Name those of other names by --mapping.${hint}`
  )
}
