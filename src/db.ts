// D1 through Drizzle, and how its errors are told apart.

import { DrizzleQueryError } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'

export type Database = DrizzleD1Database

export const database = (binding: D1Database): Database => drizzle(binding)

/** Whether a write met another row with the same value in a unique column, as `users.email_key`. */
export const isUniqueViolation = (error: unknown, column: string) =>
  databaseMessage(error).includes(`UNIQUE constraint failed: ${column}`)

/** Whether a write referred to a row that is not there; D1 does not say which. */
export const isForeignKeyViolation = (error: unknown) =>
  databaseMessage(error).includes('FOREIGN KEY constraint failed')

export const isMissingTable = (error: unknown) => databaseMessage(error).includes('no such table')

/** What D1 said. Never a DrizzleQueryError's own message, which holds the statement's parameters. */
export function databaseMessage(error: unknown): string {
  if (error instanceof DrizzleQueryError) return databaseMessage(error.cause)
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^(D1_TYPE_ERROR: Type '\w+' not supported).*/s, '$1')
}
