// Fields of the deployer's own whose value only one user may have (Django's `unique=True`).

import { and, type Column, eq, ne, type SQL, sql } from 'drizzle-orm'
import { type Database, isUniqueViolation } from '../db.ts'
import { type User, users } from '../schema.ts'
import { type ProfileName, profile } from '../user-model.ts'

const columnOf = (name: ProfileName): Column => users[name]

export const uniqueNames = (Object.keys(profile) as ProfileName[]).filter(
  (name) => columnOf(name).isUnique,
)

/** Whether a write met the value of another user in one of these fields. */
export const isDuplicate = (error: unknown) =>
  uniqueNames.some((name) => isUniqueViolation(error, `users.${name}`))

/**
 * The fields among these whose value another user has; null is never taken. One round trip, and none where no field
 * is unique.
 * @param own the user that may have the values already
 */
export async function duplicates(
  db: Database,
  values: Partial<Record<string, unknown>>,
  own?: User['id'],
): Promise<ProfileName[]> {
  const asked = uniqueNames.filter((name) => values[name] !== undefined && values[name] !== null)
  if (asked.length === 0) return []
  const found = (name: ProfileName): SQL => {
    const isSame = eq(columnOf(name), values[name])
    const isAnother = own === undefined ? undefined : ne(users.id, own)
    return sql`exists (select 1 from ${users} where ${and(isSame, isAnother)})`
  }
  const [row = {}] = await db
    .select(Object.fromEntries(asked.map((name) => [name, found(name).as(name)])))
    .from(sql`(select 1)`)
  return asked.filter((name) => Boolean((row as Record<string, unknown>)[name]))
}
