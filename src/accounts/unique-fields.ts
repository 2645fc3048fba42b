// Fields of the deployer's user model whose value only one user may have (Django's `unique=True`), and the constraints
// that a write of such fields may violate.

import { and, type Column, eq, ne, type SQL, sql } from 'drizzle-orm'
import { type Database, isForeignKeyViolation, isUniqueViolation } from '../db.ts'
import { fromUsers, type User, userModel, users } from '../schema.ts'
import type { FieldName } from '../user-model.ts'

const columnOf = (name: FieldName): Column => users[name]

export const uniqueFields = fromUsers((users) =>
  (Object.keys(userModel.fields) as FieldName[]).filter((name) => users[name].isUnique),
)

/**
 * Why a write of fields failed.
 * @returns `invalid_reference` if a field refers to a row that does not exist; `duplicate` if another user has the value
 * of a unique field
 * @throws any other error
 */
export function violatedConstraint(error: unknown): 'invalid_reference' | 'duplicate' {
  if (isForeignKeyViolation(error)) return 'invalid_reference'
  if (uniqueFields().some((name) => isUniqueViolation(error, `users.${name}`))) return 'duplicate'
  throw error
}

/**
 * The fields whose value another user has; null is never a duplicate. One round trip, or none if no field is unique.
 * @param ownId the user that may already have the values
 */
export async function findDuplicates(
  db: Database,
  values: Partial<Record<string, unknown>>,
  ownId?: User['id'],
): Promise<FieldName[]> {
  const names = uniqueFields().filter((name) => values[name] !== undefined && values[name] !== null)
  if (names.length === 0) return []
  const isDuplicate = (name: FieldName): SQL => {
    const isSame = eq(columnOf(name), values[name])
    const isAnother = ownId === undefined ? undefined : ne(users.id, ownId)
    return sql`exists (select 1 from ${users} where ${and(isSame, isAnother)})`
  }
  const [row = {}] = await db
    .select(Object.fromEntries(names.map((name) => [name, isDuplicate(name).as(name)])))
    .from(sql`(select 1)`)
  return names.filter((name) => Boolean((row as Record<string, unknown>)[name]))
}
