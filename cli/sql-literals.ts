// Values as they stand in the SQL that tools write for wrangler, which has no parameters in files.

import { type Column, getTableColumns } from 'drizzle-orm'
import { users } from '../src/schema.ts'
import { userModel } from '../src/user-model.ts'

/** In hexadecimal, so that no value can end its literal, and wrangler finds nothing in it to take out. */
export const text = (value: string | null | undefined) =>
  value === undefined || value === null
    ? 'NULL'
    : `CAST(X'${Buffer.from(value).toString('hex')}' AS TEXT)`

export const sqlOf = (value: unknown) =>
  typeof value === 'number' ? String(value) : text(value === null ? null : String(value))

const columns: Record<string, Column> = getTableColumns(users)

/** Of a profile's field, which are named alike in code and SQL. */
export function columnOf(name: string): Column {
  const column = columns[name]
  if (!column) throw new Error(`users has no column ${name}`)
  return column
}

/** Columns of a profile whose value no default in SQL gives. */
export const madeByCode = () =>
  Object.fromEntries(
    Object.keys(userModel).flatMap((name) => {
      const column = columnOf(name)
      const make = column.defaultFn ?? column.onUpdateFn
      return make ? [[name, column.mapToDriverValue(make())]] : []
    }),
  )
