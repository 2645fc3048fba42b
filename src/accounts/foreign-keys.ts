// Fields of the deployer's own that refer to rows of another table (Django's ForeignKey).

import { sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db.ts'
import { type User, users } from '../schema.ts'
import type { FieldName } from '../user-model.ts'

/** By the field's name, what it refers to. */
export const foreignKeys = new Map(
  getTableConfig(users).foreignKeys.flatMap((key) => {
    const { columns, foreignColumns, foreignTable } = key.reference()
    const [[own], [other]] = [columns, foreignColumns]
    return own && other ? [[own.name, { table: foreignTable, column: other }] as const] : []
  }),
)

/** The fields among these whose row is not there. One trip, and none where nothing refers to anything. */
export async function missingReferences(
  db: Database,
  values: Partial<Pick<User, FieldName>>,
): Promise<string[]> {
  const asked = Object.entries(values).flatMap(([name, value]) => {
    const to = foreignKeys.get(name)
    if (!to || value === null || value === undefined) return []
    const found = sql<number>`exists (select 1 from ${to.table} where ${to.column} = ${value})`
    return [[name, found.as(name)] as const]
  })
  if (asked.length === 0) return []
  const [found = {}] = await db.select(Object.fromEntries(asked)).from(sql`(select 1)`)
  return asked.map(([name]) => name).filter((name) => !(found as Record<string, number>)[name])
}
