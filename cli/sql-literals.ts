// Writes values as SQL literals. wrangler executes files of SQL, and such a file has no parameters.

import { type Column, getTableColumns } from 'drizzle-orm'
import { userModel, users } from '../src/schema.ts'

/** A text in hexadecimal, so that no value can end its literal, and wrangler has nothing to remove from it. */
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

/** The values of fields of the user model whose default is a function in code (`$defaultFn`, `$onUpdateFn`). */
export const defaultsFromCode = () =>
  Object.fromEntries(
    Object.keys(userModel.fields).flatMap((name) => {
      const column = columnOf(name)
      const make = column.defaultFn ?? column.onUpdateFn
      return make ? [[name, column.mapToDriverValue(make())]] : []
    }),
  )
