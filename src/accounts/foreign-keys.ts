// Fields of the deployer's user model that refer to rows of another table (Django's ForeignKey).

import { sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { fromUsers, type User } from '../schema.ts'
import type { FieldName } from '../user-model.ts'

/** The table and column that a field refers to, by the field's name. */
export const foreignKeys = fromUsers(
  (users) =>
    new Map(
      getTableConfig(users).foreignKeys.flatMap((key) => {
        const { columns, foreignColumns, foreignTable } = key.reference()
        const [[own], [other]] = [columns, foreignColumns]
        return own && other ? [[own.name, { table: foreignTable, column: other }] as const] : []
      }),
    ),
)

/** The fields that refer to a missing row. One round trip, or none if no field is a foreign key. */
export async function missingReferences(
  db: Database,
  values: Partial<Pick<User, FieldName>>,
): Promise<string[]> {
  const references = Object.entries(values).flatMap(([name, value]) => {
    const target = foreignKeys().get(name)
    if (!target || value === null || value === undefined) return []
    const exists = sql<number>`exists (select 1 from ${target.table} where ${target.column} = ${value})`
    return [[name, exists.as(name)] as const]
  })
  if (references.length === 0) return []
  const [row = {}] = await db.select(Object.fromEntries(references)).from(sql`(select 1)`)
  return references.map(([name]) => name).filter((name) => !(row as Record<string, number>)[name])
}
