// The columns of a source's user table: those that are read, and the others with the number of rows that fill them.

import type { Fields, Mapping } from './fields.ts'
import { foreignColumns, leftOutColumns } from './fields.ts'
import { type Findings, type Kind, printable, report } from './findings.ts'
import { columns as kinds } from './kinds.ts'
import { columnName, isFilled } from './rows.ts'

/** Django's many-to-many fields. Only dumpdata writes them as columns. */
const relations = ['groups', 'user_permissions']

export type Columns = ReturnType<typeof openColumns>

export function openColumns(fields: Fields, mapping: Mapping, loginField: string) {
  const imported = new Set(Object.values(fields))
  if (fields.id === 'id') imported.add('pk')
  const required = ['id', 'password', loginField].flatMap((name) => fields[name] ?? [])
  /** The number of rows with a value, by column. */
  const filled = new Map<string, number>()
  const countFilled = (name: string, rows: number) =>
    filled.set(name, (filled.get(name) ?? 0) + rows)

  return {
    /**
     * Starts a table. @returns the columns to read
     * @throws if a required column is missing, or two columns have the same name
     */
    begin(table: string, names: string[]): string[] {
      for (const name of names) countFilled(name, 0)
      checkNames(table, names, required, fields)
      return names.filter((name) => imported.has(name))
    },
    countFilled,
    countValues(values: Record<string, unknown>) {
      for (const name in values) {
        if (!imported.has(name)) countFilled(name, isFilled(values[name]) ? 1 : 0)
      }
    },
    report(findings: Findings) {
      const leftOut = leftOutColumns(mapping)
      for (const [name, rows] of filled) {
        const kind = kindOf(name, rows)
        if (kind && !imported.has(name) && !leftOut.includes(name)) report(findings, kind, '', rows)
      }
    },
    /** Columns that the mapping names and the source does not have. */
    unknownNames: () =>
      namesIn(mapping).filter((name) => !filled.has(name) && !relations.includes(name)),
  }
}

function checkNames(table: string, names: string[], required: string[], fields: Fields) {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated) throw new Error(`${table} has two columns named ${printable(repeated)}.`)
  const missing = required.filter((name) => !names.includes(name) && !isPrimaryKey(name, names))
  if (missing.length > 0) throw new Error(missingColumnsError(table, missing, names, fields))
}

/** The source's columns that the mapping names. */
function namesIn(mapping: Mapping): string[] {
  const mapped = Object.values(mapping).flatMap((theirs) =>
    theirs === null ? [] : [columnName(theirs)],
  )
  return [...mapped, ...foreignColumns(mapping)]
}

function kindOf(name: string, rows: number): Kind | undefined {
  if (relations.includes(name)) return rows > 0 ? kinds.groups(name) : undefined
  return rows > 0 ? kinds.unmapped(printable(name)) : kinds.empty(printable(name))
}

const isPrimaryKey = (name: string, names: string[]) => name === 'id' && names.includes('pk')

function missingColumnsError(table: string, missing: string[], found: string[], fields: Fields) {
  const hint = missing.includes('id') ? ' dumpdata --natural-primary leaves out ids.' : ''
  const expected = [...new Set(Object.values(fields))]
  return (
    `${table} has no column ${missing.join(' and no ')}. Found: ${found.map(printable).join(', ')}. ` +
    `Expected: ${expected.join(', ')}. Map columns with other names by --mapping.${hint}`
  )
}
