// A user's id as clients see it, which is Django's primary key: the number `users.id`, or with USER_PK = "uuid" the UUID
// `users.uuid`. Foreign keys, counters and the order of rows use the number in both cases.

import { isNull, type SQL, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import { parseId } from './encoding.ts'
import { type UserIds, users } from './schema.ts'
import type { Settings } from './settings/parse.ts'

export type PublicId = number | string

/** A user that a request names. */
export interface NamedUser {
  publicId: PublicId
  /** SQL: `users.id`; NULL if there is no such user. */
  id: SQL<number>
}

/** A user without a UUID is named by the number, until the cron has made one. */
export const publicIdOf = ({ userPk }: Settings, { id, uuid }: UserIds): PublicId =>
  userPk === 'uuid' ? (uuid ?? id) : id

/** @returns undefined for a text that cannot be an id */
export function parsePublicId({ userPk }: Settings, text: string): NamedUser | undefined {
  const id = parseId(text)
  if (userPk === 'id') return id === undefined ? undefined : { publicId: id, id: sql`${id}` }
  const uuid = parseUuid(text)
  if (uuid !== undefined) return { publicId: uuid, id: findId(sql`named.uuid = ${uuid}`) }
  if (id === undefined) return undefined
  return { publicId: id, id: findId(sql`named.id = ${id} and named.uuid is null`) }
}

/** A user whose row is known. */
export const asNamed = (settings: Settings, user: UserIds): NamedUser => ({
  publicId: publicIdOf(settings, user),
  id: sql`${user.id}`,
})

const findId = (where: SQL) => sql<number>`(select named.id from users named where ${where})`

/** The UUID in lower case and with dashes; undefined for any other text. It reads what Python's `uuid.UUID` reads. */
export function parseUuid(text: string): string | undefined {
  const digits = text
    .replace(/urn:|uuid:/g, '')
    .replace(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '')
    .toLowerCase()
  const groups = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits)
  return groups?.slice(1).join('-')
}

/**
 * SQL: the id as clients see it, of a user by their number. A number that no user has stays as it is.
 * @param id SQL of a column or a value
 */
export const publicIdSql = ({ userPk }: Settings, id: SQL): SQL<PublicId | null> =>
  userPk === 'id'
    ? sql`${id}`
    : sql`coalesce((select named.uuid from users named where named.id = ${id}), ${id})`

/**
 * Gives a UUID to up to `limit` users that have none: an earlier version or another program inserted them.
 * @returns how many got one
 */
export async function fillUuids(db: Database, limit: number): Promise<number> {
  const found = await db.select({ id: users.id }).from(users).where(isNull(users.uuid)).limit(limit)
  if (found.length === 0) return 0
  const uuids = JSON.stringify(Object.fromEntries(found.map(({ id }) => [id, crypto.randomUUID()])))
  const { meta } = await db.run(sql`update users set uuid = made.uuid
    from (select cast(key as integer) as id, value as uuid from json_each(${uuids}) limit ${limit}) made
    where users.id = made.id and users.uuid is null`)
  return meta.changes
}
