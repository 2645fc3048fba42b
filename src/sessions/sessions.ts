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
import { newRandomId } from '../encoding.ts'
import { networkOf } from '../ip-address.ts'
import type { ClientInfo } from '../request-info.ts'
import { type Session, sessions, type User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { insertWhere, userIs } from '../statements.ts'
import { addSeconds, minute } from '../time.ts'

/** What tokens are made from. */
export interface ActiveSession {
  id: string
  counter: number
  refreshedAt: Date
  expiresAt: Date | null
  user: User
}

type SessionStart = Pick<ActiveSession, 'id' | 'counter' | 'refreshedAt' | 'expiresAt'>

export const newSession = (settings: Settings, user: User, now: Date): ActiveSession => ({
  ...startOf(settings, newRandomId(), now),
  user,
})

export const startOf = ({ sessionMaxLifetime }: Settings, id: string, now: Date): SessionStart => ({
  id,
  counter: 0,
  refreshedAt: now,
  expiresAt: sessionMaxLifetime > 0 ? addSeconds(now, sessionMaxLifetime) : null,
})

/** Inserts the session, once, if the user is still as `who` says. */
export function insertSession(
  db: Database,
  session: SessionStart,
  device: ClientInfo,
  where: SQL | undefined,
) {
  const { id, counter, refreshedAt, expiresAt } = session
  const { userAgent, ip, country } = device
  return insertWhere(
    db,
    sessions,
    {
      id,
      userId: sql`users.id`,
      refreshCounter: counter,
      createdAt: refreshedAt,
      refreshedAt,
      expiresAt,
      userAgent,
      ip,
      country,
      network: networkOf(ip) || null,
    },
    where,
  ).onConflictDoNothing()
}

/** Ends all sessions of a user, but the one to be kept, if a condition on the user holds. */
export function revokeSessionsOf(
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
        userIs(userId, provided),
      ),
    )
}

/** SQL: the sessions of a user that have neither ended nor expired. */
export const activeSessionsOf = (
  { refreshTokenLifetime }: Settings,
  userId: number | SQL<number>,
  now: Date,
) =>
  and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    gt(sessions.refreshedAt, addSeconds(now, -refreshTokenLifetime)),
    or(isNull(sessions.expiresAt), gt(sessions.expiresAt, now)),
  )

/** Ends those of a user that are more than MAX_SESSIONS, the longest unused first, if this one began. */
export function endOverLimit(
  db: Database,
  settings: Settings,
  { userId, sessionId }: { userId: number; sessionId: string },
  now: Date,
) {
  const living = activeSessionsOf(settings, userId, now)
  const kept = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(living)
    .orderBy(desc(lastUsed), desc(sessions.createdAt))
    .limit(settings.maxSessions)
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: 'session_limit' })
    .where(and(living, notInArray(sessions.id, kept), sessionExists(sessionId)))
}

/** SQL: when its tokens were last asked for, or else made. */
export const lastUsed = sql<number>`coalesce(${sessions.lastUsedAt}, ${sessions.refreshedAt})`

/**
 * SQL, a condition on `users`: whether the user gets tokens, as Simple JWT's `default_user_authentication_rule`
 * (CHECK_USER_IS_ACTIVE).
 */
export const userMayGetTokens = ({ checkUserIsActive }: Settings) =>
  checkUserIsActive ? sql`users.status = 'active'` : sql`true`

/** SQL: the id of the user that a session belongs to; NULL if it is gone. */
export const ownerOfSession = (id: string) =>
  sql<number>`(select user_id from sessions where sessions.id = ${id})`

export const findSession = (db: Database, id: string) =>
  db.select({ id: sessions.id }).from(sessions).where(eq(sessions.id, id))

/** SQL: whether there is a session with this id. */
export const sessionExists = (id: string) =>
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
  const before = addSeconds(now, -refreshTokenLifetime - accessTokenLifetime - leeway)
  // The plus keeps SQLite from the index of `created_at`, which leads through every old session that is still active.
  const isBefore = (column: Column) => sql`+${column} < ${before.getTime()}`
  const expired = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isInSlice(now), isBefore(sessions.createdAt), isBefore(sessions.refreshedAt)))
    .limit(most)
  return db.delete(sessions).where(inArray(sessions.id, expired))
}

const maxRevokedKept = 100
const lately = 2 * minute

/** Of accounts that logged in lately: sessions that ended, beyond the newest 100. A token of a deleted one is refused. */
export const deleteSessionsOverLimit = (db: Database, now: Date, most: number) => {
  const busy = sql`select user_id from sessions where created_at > ${now.getTime() - lately}`
  const placed = sql`select id, row_number() over (partition by user_id order by created_at desc) as place
    from sessions where revoked_at is not null and user_id in (${busy})`
  const surplus = sql`select id from (${placed}) where place > ${maxRevokedKept} limit ${most}`
  return db.delete(sessions).where(sql`id in (${surplus})`)
}

// Ids are random hexadecimal digits; the first slice and the last hold whatever else there may be.
function isInSlice(now: Date): SQL | undefined {
  const minuteOfHour = now.getUTCMinutes()
  const start = (at: number) =>
    Math.round((at / 60) * 2 ** 32)
      .toString(16)
      .padStart(8, '0')
  return and(
    minuteOfHour > 0 ? gte(sessions.id, start(minuteOfHour)) : undefined,
    minuteOfHour < 59 ? lt(sessions.id, start(minuteOfHour + 1)) : undefined,
  )
}

/** SQL: whether the session with this id is this user's and may still be used. */
export const isActiveSession = (id: string, userId: SQL, now: Date) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId}
  and sessions.revoked_at is null
  and (sessions.expires_at is null or sessions.expires_at > ${now.getTime()}))`

/** SQL: whether the session with this id is this user's, revoked or not. */
export const isSessionOf = (id: string, userId: SQL) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId})`
