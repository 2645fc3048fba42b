// A session is one log-in, and one row. Its tokens are made from the row and are never stored: `jti`,
// `iat` and `exp` follow from id, counter and the time of the last refresh.

import {
  and,
  type Column,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNull,
  lt,
  ne,
  notInArray,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import type { Database } from '../db.ts'
import { type Session, sessions, type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { hex } from '../tokens/encoding.ts'

/** Where a log-in came from, as Cloudflare tells it. */
export interface Device {
  userAgent?: string
  ip?: string
  country?: string
}

/** What tokens are made from. */
export interface Living {
  id: string
  counter: number
  refreshedAt: Date
  expiresAt: Date | null
  user: User
}

type Beginning = Pick<Living, 'id' | 'counter' | 'refreshedAt' | 'expiresAt'>

export const newSession = (settings: Settings, user: User, now: Date): Living => ({
  ...begin(settings, hex(crypto.getRandomValues(new Uint8Array(16)).buffer), now), // 128 bits
  user,
})

export const begin = ({ sessionMaxLifetime }: Settings, id: string, now: Date): Beginning => ({
  id,
  counter: 0,
  refreshedAt: now,
  expiresAt: sessionMaxLifetime > 0 ? later(now, sessionMaxLifetime) : null,
})

/** Inserts the session, once, if the user is still as `who` says. */
export function insertSession(
  db: Database,
  session: Beginning,
  device: Device,
  who: SQL | undefined,
) {
  const { id, counter, refreshedAt, expiresAt } = session
  return db
    .insert(sessions)
    .select(
      db
        .select({
          id: sql<string>`${id}`.as('id'),
          userId: sql<number>`${users.id}`.as('user_id'),
          counter: sql<number>`${counter}`.as('counter'),
          createdAt: sql`${refreshedAt.getTime()}`.as('created_at'),
          refreshedAt: sql`${refreshedAt.getTime()}`.as('refreshed_at'),
          expiresAt: sql`${expiresAt?.getTime() ?? null}`.as('expires_at'),
          revokedAt: sql`null`.as('revoked_at'),
          revokeReason: sql`null`.as('revoke_reason'),
          userAgent: sql`${device.userAgent ?? null}`.as('user_agent'),
          ip: sql`${device.ip ?? null}`.as('ip'),
          country: sql`${device.country ?? null}`.as('country'),
          usedAt: sql`null`.as('used_at'),
        })
        .from(users)
        .where(who),
    )
    .onConflictDoNothing()
}

/** Ends all sessions of a user, but the one to be kept, if a condition on the user holds. */
export function endSessionsOf(
  db: Database,
  userId: number,
  reason: NonNullable<Session['revokeReason']>,
  now: Date,
  { keep, provided }: { keep?: string; provided: SQL },
) {
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: reason })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.revokedAt),
        keep === undefined ? undefined : ne(sessions.id, keep),
        sql`exists (select 1 from users where users.id = ${userId} and ${provided})`,
      ),
    )
}

/** SQL: the sessions of a user that have neither ended nor expired. */
export const livingOf = (
  { refreshTokenLifetime }: Settings,
  userId: number | SQL<number>,
  now: Date,
) =>
  and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    gt(sessions.refreshedAt, later(now, -refreshTokenLifetime)),
    or(isNull(sessions.expiresAt), gt(sessions.expiresAt, now)),
  )

/** Ends those of a user that are more than MAX_SESSIONS, the longest unused first, if this one began. */
export function endSurplus(
  db: Database,
  settings: Settings,
  { userId, sessionId }: { userId: number; sessionId: string },
  now: Date,
) {
  const living = livingOf(settings, userId, now)
  const kept = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(living)
    .orderBy(desc(lastUsed), desc(sessions.createdAt))
    .limit(settings.maxSessions)
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: 'too_many' })
    .where(and(living, notInArray(sessions.id, kept), isSession(sessionId)))
}

/** SQL: when its tokens were last asked for, or else made. */
export const lastUsed = sql<number>`coalesce(${sessions.usedAt}, ${sessions.refreshedAt})`

export const findSession = (db: Database, id: string) =>
  db.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id))

/** SQL: whether there is a session with this id. */
export const isSession = (id: string) =>
  sql`exists (select 1 from sessions where sessions.id = ${id})`

/**
 * Sessions whose last tokens have expired. No index finds them, since a refresh writes none: each minute looks at a
 * sixtieth of the ids, so that an hour looks at every session once.
 */
export const deleteExpiredSessions = (
  db: Database,
  { refreshTokenLifetime, accessTokenLifetime, leeway }: Settings,
  now: Date,
  most: number,
) => {
  const before = later(now, -refreshTokenLifetime - accessTokenLifetime - leeway)
  // The plus keeps SQLite from the index of `created_at`, which leads through every old session that is still active.
  const isBefore = (column: Column) => sql`+${column} < ${before.getTime()}`
  const expired = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isInSlice(now), isBefore(sessions.createdAt), isBefore(sessions.refreshedAt)))
    .limit(most)
  return db.delete(sessions).where(inArray(sessions.id, expired))
}

const endedKept = 100
const lately = 2 * 60_000

/** Of accounts that logged in lately: sessions that ended, beyond the newest 100. A token of a deleted one is refused. */
export const deleteSurplusSessions = (db: Database, now: Date, most: number) => {
  const busy = sql`select user_id from sessions where created_at > ${now.getTime() - lately}`
  const placed = sql`select id, row_number() over (partition by user_id order by created_at desc) as place
    from sessions where revoked_at is not null and user_id in (${busy})`
  const surplus = sql`select id from (${placed}) where place > ${endedKept} limit ${most}`
  return db.delete(sessions).where(sql`id in (${surplus})`)
}

// Ids are random hexadecimal digits; the first slice and the last hold whatever else there may be.
function isInSlice(now: Date): SQL | undefined {
  const minute = now.getUTCMinutes()
  const start = (at: number) =>
    Math.round((at / 60) * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return and(
    minute > 0 ? gte(sessions.id, start(minute)) : undefined,
    minute < 59 ? lt(sessions.id, start(minute + 1)) : undefined,
  )
}

/** SQL: whether the session with this id is this user's and may still be used. */
export const isLiving = (id: string, userId: SQL, now: Date) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId}
  and sessions.revoked_at is null
  and (sessions.expires_at is null or sessions.expires_at > ${now.getTime()}))`

/** SQL: whether the session with this id is this user's, revoked or not. */
export const isOwnedBy = (id: string, userId: SQL) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId})`

export const later = (time: Date, by: number) => new Date(time.getTime() + by * 1000)
