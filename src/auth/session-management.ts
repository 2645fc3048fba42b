// Lists and revokes a user's sessions for their owner and for staff, and records each change as a security event.
// sessions/refresh.ts decides the effect of a refresh token.

import { and, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { Caller } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueueNotice } from '../mail/outbox.ts'
import type { NamedUser } from '../public-id.ts'
import { noteWrite, noteWriteOf } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { sessions, type User, users } from '../schema.ts'
import { findRecorded, recordEvent, wasRecorded } from '../security-events.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { blacklistRefreshToken, refreshTokens } from '../sessions/refresh.ts'
import { activeSessionsOf, lastUsed, ownerOfSession } from '../sessions/sessions.ts'
import { revokeSliding } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote, userIs } from '../statements.ts'
import { type Claims, userIdFromClaims } from '../tokens/claims.ts'

/** The most sessions that one answer lists. */
const maxListedSessions = 100

/** Exchanges a refresh token. If the token was used before, records the reuse, and emails the owner. */
export async function refreshSession(
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
) {
  const outcome = await refreshTokens(db, settings, claims, info, (sessionId) => {
    const where = and(ownsSession(sessionId), previousStatementWrote)
    const { now, requestId } = info
    return [
      recordEvent(db, { type: 'refresh_reused', sessionId }, where, info),
      ...(settings.securityEmails.includes('refresh_reused')
        ? [enqueueNotice(db, 'refresh_reused', where, now, { requestId })]
        : []),
    ]
  })
  // A refresh that fails may have revoked the session. One by a token of Django, which has no session, may have started one.
  if (typeof outcome === 'string' || claims.sid === undefined) noteWriteOf(db, settings, claims)
  return outcome
}

/** Revokes the session of a refresh token, and records it as the given event. */
export const revokeByRefreshToken = (
  db: Database,
  settings: Settings,
  claims: Claims,
  event: { type: 'token_blacklisted' | 'session_revoked'; detail: string },
  info: RequestInfo,
) =>
  blacklistRefreshToken(db, settings, claims, info.now, {
    onRevoke: (sessionId) => {
      noteWriteOf(db, settings, claims)
      const where = and(ownsSession(sessionId), previousStatementWrote)
      return [recordEvent(db, { ...event, sessionId }, where, info)]
    },
    wasDone: wasRecorded(event.type, info),
  })

/** Revokes a sliding token with its token family, and records it. */
export const revokeBySlidingToken = (
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
) => {
  noteWriteOf(db, settings, claims)
  const type = 'token_blacklisted'
  const isOwner = eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`)
  const where = and(isOwner, previousStatementWrote)
  return revokeSliding(db, settings, claims, info.now, {
    onRevoke: [recordEvent(db, { type, detail: 'sliding' }, where, info)],
    wasDone: wasRecorded(type, info),
  })
}

/** Selects a user's active sessions, the most recently used first. */
export const listSessions = (
  db: Database,
  settings: Settings,
  userId: number | SQL<number>,
  now: Date,
) =>
  db
    .select()
    .from(sessions)
    .where(activeSessionsOf(settings, userId, now))
    .orderBy(desc(lastUsed), desc(sessions.id))
    .limit(maxListedSessions)

/**
 * Revokes one session. Callers may revoke their own, and staff those of all users but superusers. Superusers may revoke any.
 * @returns false if there is no such session, or the caller may not revoke it
 */
export async function revokeSession(
  db: Database,
  caller: Caller,
  id: string,
  reason: 'user' | 'logged_out',
  info: RequestInfo,
): Promise<boolean> {
  const event = { type: 'session_revoked', sessionId: id } as const
  const byOwner = and(ownsSession(id), eq(users.id, caller.id), previousStatementWrote)
  const byStaff = and(ownsSession(id), ne(users.id, caller.id), wasRevokedAt(id, info.now))
  const { recorded } = await batch(db, {
    revoke: db
      .update(sessions)
      .set({ revokedAt: info.now, revokeReason: reason })
      .where(and(eq(sessions.id, id), isNull(sessions.revokedAt), isRevocableBy(caller))),
    ownersEvent: recordEvent(db, { ...event, detail: reason }, byOwner, info),
    staffsEvent: recordEvent(
      db,
      { ...event, detail: 'by_staff', actorId: caller.id },
      byStaff,
      info,
    ),
    recorded: findRecorded(db, 'session_revoked', info),
  })
  for (const { userId: id, uuid } of recorded) noteWrite(db, { id, uuid })
  return recorded.length > 0
}

/**
 * Revokes all logins of a user: the sessions except one, the authtoken key unless `exceptKey`, and by a new token version
 * every token without a row. An owner's call is recorded only if it revokes a session or a key. So repeated calls do not
 * fill the table.
 * @param caller with the token version that was read, if the caller is the user (`isOwner`)
 * @returns false if there is no such user, or the caller may not revoke their logins
 */
export async function revokeAllSessions(
  db: Database,
  caller: Caller & Partial<Pick<User, 'tokenVersion'>>,
  { id, publicId }: NamedUser,
  {
    isOwner = false,
    exceptSessionId,
    exceptKey = false,
  }: { isOwner?: boolean; exceptSessionId?: string | undefined; exceptKey?: boolean },
  info: RequestInfo,
): Promise<boolean> {
  noteWrite(db, publicId)
  const target = and(eq(users.id, id), mayRevokeLogins(caller))
  const others = otherSessions(id, exceptSessionId)
  const event = { type: 'session_revoked', detail: 'all_others' } as const
  // If D1 gets the batch twice, the token version must rise only once.
  const isFirstTime =
    isOwner && caller.tokenVersion !== undefined
      ? eq(users.tokenVersion, caller.tokenVersion)
      : previousStatementWrote
  const { found } = await batch(db, {
    event: isOwner
      ? recordEvent(db, event, and(target, hasOtherLogins(id, others, exceptKey)), info)
      : recordEvent(db, { ...event, actorId: caller.id }, target, info),
    newVersion: db
      .update(users)
      .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
      .where(and(target, isFirstTime)),
    found: db.select({ id: users.id }).from(users).where(target),
    revoke: db
      .update(sessions)
      .set({ revokedAt: info.now, revokeReason: 'user' })
      .where(and(others, isRevocableBy(caller))),
    key: exceptKey ? undefined : deleteAuthtokens(db, id, mayRevokeLogins(caller)),
  })
  return found.length > 0
}

/** A condition on `sessions`: those of a user that are not revoked, except `exceptSessionId`. */
const otherSessions = (userId: SQL<number>, exceptSessionId: string | undefined) =>
  and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    exceptSessionId === undefined ? undefined : ne(sessions.id, exceptSessionId),
  )

/** SQL: whether the user has other sessions, or an authtoken key that is revoked too. */
const hasOtherLogins = (userId: SQL<number>, others: SQL | undefined, exceptKey: boolean) => {
  const hasKey = sql` or exists (select 1 from auth_tokens where auth_tokens.user_id = ${userId})`
  return sql`(exists (select 1 from sessions where ${others})${exceptKey ? sql`` : hasKey})`
}

/** A condition on `users`: the owner of a session. */
const ownsSession = (sessionId: string) => eq(users.id, ownerOfSession(sessionId))

const wasRevokedAt = (id: string, now: Date) =>
  sql`exists (select 1 from sessions where sessions.id = ${id}
    and sessions.revoked_at = ${now.getTime()})`

/** A condition on `users`: the caller may revoke this user's logins. Only superusers may revoke a superuser's. */
const mayRevokeLogins = ({ id, isStaff, isSuperuser }: Caller) =>
  sql`(users.id = ${id} or (${isStaff} and (${isSuperuser} or not users.is_superuser)))`

/** A condition on `sessions`: the caller may revoke the session. */
const isRevocableBy = (caller: Caller) => userIs(sql`sessions.user_id`, mayRevokeLogins(caller))
