// Sessions: each login is a session with a row. session-tokens.ts computes its tokens.

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
import { networkOf } from '../ip-address.ts'
import type { ClientInfo } from '../request-info.ts'
import { type Session, sessions, type User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { deleteOverLimit, insertWhere, userIs } from '../statements.ts'
import { addSeconds } from '../time.ts'

/** The values from which the tokens of a session are computed. */
export interface ActiveSession {
  id: string
  /** How often the refresh token was rotated. */
  counter: number
  refreshedAt: Date
  /** The absolute end (SESSION_MAX_LIFETIME); null for none. */
  expiresAt: Date | null
  user: User
}

type SessionStart = Pick<ActiveSession, 'id' | 'counter' | 'refreshedAt' | 'expiresAt'>

export const startOf = ({ sessionMaxLifetime }: Settings, id: string, now: Date): SessionStart => ({
  id,
  counter: 0,
  refreshedAt: now,
  expiresAt: sessionMaxLifetime > 0 ? addSeconds(now, sessionMaxLifetime) : null,
})

/** Inserts the session, once, for the user that a condition on `users` selects. */
export function insertSession(
  db: Database,
  session: SessionStart,
  { userAgent, ip, country }: ClientInfo,
  where: SQL | undefined,
) {
  const { id, counter, refreshedAt, expiresAt } = session
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

/**
 * Revokes all sessions of a user, except one.
 * @param provided a condition on `users` that the user must meet
 */
export function revokeSessionsOf(
  db: Database,
  userId: number | SQL<number>,
  reason: NonNullable<Session['revokeReason']>,
  now: Date,
  { except, provided }: { except?: string; provided: SQL },
) {
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: reason })
    .where(
      and(
        eq(sessions.userId, userId),
        isNull(sessions.revokedAt),
        except === undefined ? undefined : ne(sessions.id, except),
        userIs(userId, provided),
      ),
    )
}

/** A condition on `sessions`: those of a user that are neither revoked nor expired. */
export const activeSessionsOf = (settings: Settings, userId: number | SQL<number>, now: Date) =>
  and(isNull(sessions.revokedAt), unexpiredSessionsOf(settings, userId, now))

/** As `activeSessionsOf`, and those that a login at this very moment revoked for MAX_SESSIONS. */
export const activeSessionsBefore = (settings: Settings, userId: number | SQL<number>, now: Date) =>
  and(
    or(
      isNull(sessions.revokedAt),
      and(eq(sessions.revokedAt, now), eq(sessions.revokeReason, 'session_limit')),
    ),
    unexpiredSessionsOf(settings, userId, now),
  )

const unexpiredSessionsOf = (
  { refreshTokenLifetime }: Settings,
  userId: number | SQL<number>,
  now: Date,
) =>
  and(
    eq(sessions.userId, userId),
    gt(sessions.refreshedAt, addSeconds(now, -refreshTokenLifetime)),
    or(isNull(sessions.expiresAt), gt(sessions.expiresAt, now)),
  )

/** Revokes a user's sessions beyond MAX_SESSIONS, the least recently used first, if `sessionId` was inserted. */
export function revokeOverLimit(
  db: Database,
  settings: Settings,
  { userId, sessionId }: { userId: number; sessionId: string },
  now: Date,
) {
  const isActive = activeSessionsOf(settings, userId, now)
  const lastUsedFirst = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(isActive)
    .orderBy(desc(lastUsed), desc(sessions.createdAt))
    .limit(settings.maxSessions)
  return db
    .update(sessions)
    .set({ revokedAt: now, revokeReason: 'session_limit' })
    .where(and(isActive, notInArray(sessions.id, lastUsedFirst), sessionExists(sessionId)))
}

/** SQL: when the session's refresh token was last used; if it never was, the start of the session. */
export const lastUsed = sql<number>`coalesce(${sessions.lastUsedAt}, ${sessions.refreshedAt})`

/**
 * SQL, a condition on `users`: whether the user gets tokens, as Simple JWT's `default_user_authentication_rule`
 * (CHECK_USER_IS_ACTIVE).
 */
export const userMayGetTokens = ({ checkUserIsActive }: Settings) =>
  checkUserIsActive ? sql`users.status = 'active'` : sql`true`

/** SQL: the id of the user that a session belongs to; NULL if the session is deleted. */
export const ownerOfSession = (id: string) =>
  sql<number>`(select user_id from sessions where sessions.id = ${id})`

/** SQL: whether there is a session with this id. */
export const sessionExists = (id: string) =>
  sql`exists (select 1 from sessions where sessions.id = ${id})`

/**
 * Deletes sessions whose last tokens have expired. No index finds them, because a refresh must not write to an index. So
 * each minute looks at a sixtieth of the ids, and each hour at every session once.
 */
export const deleteExpiredSessions = (
  db: Database,
  { refreshTokenLifetime, accessTokenLifetime, leeway }: Settings,
  now: Date,
  limit: number,
) => {
  const before = addSeconds(now, -refreshTokenLifetime - accessTokenLifetime - leeway)
  // The plus keeps SQLite from using the index of `created_at`, which would read every old session that is still active.
  const isBefore = (column: Column) => sql`+${column} < ${before.getTime()}`
  const expired = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isInSlice(now), isBefore(sessions.createdAt), isBefore(sessions.refreshedAt)))
    .limit(limit)
  return db.delete(sessions).where(inArray(sessions.id, expired))
}

const maxRevokedKept = 100

/** Deletes a user's revoked sessions, except the newest 100. A token of a deleted session is refused too. */
export const deleteSessionsOverLimit = (db: Database, now: Date, limit: number) => {
  const rows = {
    group: sql`user_id`,
    newest: sql`created_at`,
    keep: maxRevokedKept,
    where: sql`revoked_at is not null`,
  }
  return deleteOverLimit(db, sessions, rows, now, limit)
}

// Ids are random hexadecimal digits. The first and the last slice also hold ids of any other form.
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

/** SQL: whether the session belongs to this user, and is neither revoked nor past its absolute end. */
export const isActiveSession = (id: string, userId: SQL, now: Date) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId}
  and sessions.revoked_at is null
  and (sessions.expires_at is null or sessions.expires_at > ${now.getTime()}))`

/** SQL: whether the session belongs to this user, revoked or not. */
export const isSessionOf = (id: string, userId: SQL) => sql<number>`exists (
  select 1 from sessions where sessions.id = ${id} and sessions.user_id = ${userId})`
