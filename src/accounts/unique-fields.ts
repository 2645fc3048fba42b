// Fields of the deployer's own whose value only one user may have (Django's `unique=True`).

import { and, type Column, eq, ne, type SQL, sql } from 'drizzle-orm'
import { type Database, isUniqueViolation } from '../db.ts'
import { type User, users } from '../schema.ts'
import { type FieldName, userModel } from '../user-model.ts'

const columnOf = (name: FieldName): Column => users[name]

export const uniqueFields = (Object.keys(userModel) as FieldName[]).filter(
  (name) => columnOf(name).isUnique,
)

/** Whether a write met the value of another user in one of these fields. */
export const violatesUniqueField = (error: unknown) =>
  uniqueFields.some((name) => isUniqueViolation(error, `users.${name}`))

/**
 * The fields among these whose value another user has; null is never taken. One round trip, and none where no field
 * is unique.
 * @param own the user that may have the values already
 */
export async function findDuplicates(
  db: Database,
  values: Partial<Record<string, unknown>>,
  own?: User['id'],
): Promise<FieldName[]> {
  const asked = uniqueFields.filter((name) => values[name] !== undefined && values[name] !== null)
  if (asked.length === 0) return []
  const found = (name: FieldName): SQL => {
    const isSame = eq(columnOf(name), values[name])
    const isAnother = own === undefined ? undefined : ne(users.id, own)
    return sql`exists (select 1 from ${users} where ${and(isSame, isAnother)})`
  }
  const [row = {}] = await db
    .select(Object.fromEntries(asked.map((name) => [name, found(name).as(name)])))
    .from(sql`(select 1)`)
  return asked.filter((name) => Boolean((row as Record<string, unknown>)[name]))
}
