// The log-ins of a user: what their refresh tokens are good for, and who may see and end them. What a refresh
// token does is decided in sessions/refresh.ts; here stands what its owner is told of it.

import { and, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { sessions, type User, users } from '../schema.ts'
import { findRecorded, recordEvent, wasRecorded } from '../security-events.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { blacklistRefreshToken, refreshTokens } from '../sessions/refresh.ts'
import { activeSessionsOf, lastUsed } from '../sessions/sessions.ts'
import { revokeSliding } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from '../tokens/claims.ts'
import { userIdFromClaims } from '../tokens/claims.ts'

/** No answer lists more. */
export const maxListedSessions = 100

/** What a refresh token is exchanged for; that it was used twice is noted, and told by mail. */
export const refreshSession = (
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
) =>
  refreshTokens(db, settings, claims, info, (sessionId) => {
    const where = and(ownsSession(sessionId), written)
    return [
      recordEvent(db, { type: 'refresh_reused', sessionId }, where, info),
      ...(settings.securityEmails.includes('refresh_reused')
        ? [enqueue(db, 'refresh_reused', where, info.now, { requestId: info.requestId })]
        : []),
    ]
  })

/** Ends the session of a refresh token, as `how` says. */
export const revokeByRefreshToken = (
  db: Database,
  settings: Settings,
  claims: Claims,
  how: { type: 'token_blacklisted' | 'session_revoked'; detail: string },
  info: RequestInfo,
) =>
  blacklistRefreshToken(db, settings, claims, info.now, {
    atEnd: (sessionId) => [
      recordEvent(db, { ...how, sessionId }, and(ownsSession(sessionId), written), info),
    ],
    isDone: wasRecorded(how.type, info),
  })

/** Takes a sliding token back with all its chain. */
export const revokeBySlidingToken = (
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
) => {
  const type = 'token_blacklisted'
  const where = and(eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`), written)
  return revokeSliding(db, settings, claims, info.now, {
    atEnd: [recordEvent(db, { type, detail: 'sliding' }, where, info)],
    isDone: wasRecorded(type, info),
  })
}

/** A user's living sessions, the last used first. */
export const listSessions = (db: Database, settings: Settings, userId: SQL<number>, now: Date) =>
  db
    .select()
    .from(sessions)
    .where(activeSessionsOf(settings, userId, now))
    .orderBy(desc(lastUsed), desc(sessions.id))
    .limit(maxListedSessions)

/** SQL: the id of whose sessions a caller asks for: his own, or as staff another's. */
export const listedUserId = (callerId: SQL<number>, wanted: number | undefined): SQL<number> =>
  wanted === undefined
    ? callerId
    : sql`(select ${wanted} from users caller where caller.id = ${callerId}
        and (caller.is_staff or caller.id = ${wanted}))`

/**
 * Ends one session: one's own, or as staff anybody's but a superuser's.
 * @returns false where there is none that the caller may end
 */
export async function revokeSession(
  db: Database,
  caller: Caller,
  id: string,
  reason: 'user' | 'logged_out',
  info: RequestInfo,
): Promise<boolean> {
  const [, , , ended] = await db.batch([
    db
      .update(sessions)
      .set({ revokedAt: info.now, revokeReason: reason })
      .where(and(eq(sessions.id, id), isNull(sessions.revokedAt), isWithinReachOf(caller))),
    recordEvent(
      db,
      { type: 'session_revoked', detail: reason, sessionId: id },
      and(ownsSession(id), eq(users.id, caller.id), written),
      info,
    ),
    recordEvent(
      db,
      { type: 'session_revoked', detail: 'by_staff', sessionId: id, actorId: caller.id },
      and(ownsSession(id), ne(users.id, caller.id), wasRevokedAt(id, info.now)),
      info,
    ),
    findRecorded(db, 'session_revoked', info),
  ])
  return ended.length > 0
}

/**
 * Ends all log-ins of a user: sessions but the one to be kept, the authtoken key unless it calls, and by the
 * version whatever has no row. An owner's is recorded only where a row ends, so that asking again fills no table.
 * @param caller with the version that was read, if the caller is the user
 * @returns false where there is nobody whose log-ins the caller may end
 */
export async function revokeAllSessions(
  db: Database,
  caller: Caller & Partial<Pick<User, 'tokenVersion'>>,
  userId: number,
  { keep, keepKey = false }: { keep?: string | undefined; keepKey?: boolean },
  info: RequestInfo,
): Promise<boolean> {
  const own = and(eq(users.id, userId), canRevoke(caller))
  const others = and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    keep === undefined ? undefined : ne(sessions.id, keep),
  )
  const key = sql`exists (select 1 from auth_tokens where auth_tokens.user_id = ${userId})`
  const hasOthers = sql`(exists (select 1 from sessions where ${others})${keepKey ? sql`` : sql` or ${key}`})`
  const isOwn = caller.id === userId
  const all = { type: 'session_revoked', detail: 'all_others' } as const
  // Sent twice, the version is raised once.
  const isFirst =
    caller.tokenVersion === undefined || !isOwn
      ? written
      : eq(users.tokenVersion, caller.tokenVersion)
  const [, , found] = await db.batch([
    isOwn
      ? recordEvent(db, all, and(own, hasOthers), info)
      : recordEvent(db, { ...all, actorId: caller.id }, own, info),
    db
      .update(users)
      .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
      .where(and(own, isFirst)),
    db.select({ id: users.id }).from(users).where(own),
    db
      .update(sessions)
      .set({ revokedAt: info.now, revokeReason: 'user' })
      .where(and(others, isWithinReachOf(caller))),
    ...(keepKey ? [] : [deleteAuthtokens(db, userId, canRevoke(caller))]),
  ])
  return found.length > 0
}

/** SQL: the statement before wrote something. */
const written = sql`changes() > 0`

const ownsSession = (sessionId: string) =>
  sql`users.id = (select user_id from sessions where sessions.id = ${sessionId})`

const wasRevokedAt = (id: string, now: Date) =>
  sql`exists (select 1 from sessions where sessions.id = ${id}
    and sessions.revoked_at = ${now.getTime()})`

/** SQL: whose log-ins a caller may end; a superuser's only superusers. */
const canRevoke = ({ id, isStaff, isSuperuser }: Caller) =>
  sql`(users.id = ${id} or (${isStaff} and (${isSuperuser} or not users.is_superuser)))`

const isWithinReachOf = (caller: Caller) =>
  sql`exists (select 1 from users where users.id = sessions.user_id and ${canRevoke(caller)})`
