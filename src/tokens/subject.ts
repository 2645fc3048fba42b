// Whom a token names: USER_ID_FIELD under USER_ID_CLAIM.

import { type SQL, sql } from 'drizzle-orm'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { idIn } from './encoding.ts'
import type { Claims } from './jwt.ts'

/** What names a user in the claim. */
export type Subject = number | string

export const subjectOf = ({ userIdField }: Settings, user: User): Subject =>
  user[userIdField] ?? user.id

/** SQL: the same, for the user of a row of `sessions`. */
export const subjectOfSession = ({ userIdField }: Settings) =>
  userIdField === 'id'
    ? sql<Subject>`sessions.user_id`
    : sql<Subject>`(select ${sql.identifier(userIdField)} from users where users.id = sessions.user_id)`

/** Simple JWT writes `user_id` as an integer up to 5.5.0 and as a string since. */
export const userIdClaim = (settings: Settings, subject: Subject) => ({
  [settings.userIdClaim]: settings.simpleJwtWire === '5.5' ? String(subject) : subject,
})

/** SQL: the id of whom the claims name; undefined where they can name nobody. */
export function idNamedBy(settings: Settings, claims: Claims): SQL<number> | undefined {
  const claim = claims[settings.userIdClaim]
  if (typeof claim !== 'number' && typeof claim !== 'string') return undefined
  if (settings.userIdField !== 'id') {
    const field = sql.identifier(settings.userIdField)
    return sql`(select named.id from users named where named.${field} = ${String(claim)})`
  }
  const id = idIn(`${claim}`)
  return id === undefined ? undefined : sql`${id}`
}
