// Values as literals in the SQL that programs write for wrangler, which has no parameters for files.

import { type Column, getTableColumns } from 'drizzle-orm'
import { users } from '../src/schema.ts'
import { userModel } from '../src/user-model.ts'

/** In hexadecimal, so that no value can end its literal, and wrangler finds nothing in it to remove. */
export const textLiteral = (value: string | null | undefined) =>
  value === undefined || value === null
    ? 'NULL'
    : `CAST(X'${Buffer.from(value).toString('hex')}' AS TEXT)`

export const sqlLiteral = (value: unknown) =>
  typeof value === 'number' ? String(value) : textLiteral(value === null ? null : String(value))

const columns: Record<string, Column> = getTableColumns(users)

/** The column of a field of the user model. Fields have the same name in code and SQL. */
export function columnOf(name: string): Column {
  const column = columns[name]
  if (!column) throw new Error(`users has no column ${name}`)
  return column
}

/** Values of the user model that code provides, because no default in SQL does. */
export const defaultsFromCode = () =>
  Object.fromEntries(
    Object.keys(userModel).flatMap((name) => {
      const column = columnOf(name)
      const make = column.defaultFn ?? column.onUpdateFn
      return make ? [[name, column.mapToDriverValue(make())]] : []
    }),
  )
