// The log-ins of a user: what their refresh tokens are good for, and who may see and end them. What a refresh
// token does is decided in sessions/refresh.ts; here stands what its owner is told of it.

import { and, desc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/users.ts'
import type { Database } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { sessions, type User, users } from '../schema.ts'
import { isNoted, note, noted, type Occasion } from '../security-events.ts'
import { deleteOpaqueTokens } from '../sessions/authtoken.ts'
import { blacklist, refreshTokens } from '../sessions/refresh.ts'
import { lastUsed, livingOf } from '../sessions/sessions.ts'
import { revokeSliding } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { idNamedBy } from '../tokens/claims.ts'
import type { Claims } from '../tokens/jwt.ts'

/** No answer lists more. */
export const mostListed = 100

/** What a refresh token is exchanged for; that it was used twice is noted, and told by mail. */
export const refresh = (db: Database, settings: Settings, claims: Claims, occasion: Occasion) =>
  refreshTokens(db, settings, claims, occasion, (sessionId) => {
    const who = and(isHolderOf(sessionId), written)
    return [
      note(db, { kind: 'refresh_reused', sessionId }, who, occasion),
      ...(settings.securityEmails.includes('refresh_reused')
        ? [enqueue(db, 'refresh_reused', who, occasion.now, { request: occasion.request })]
        : []),
    ]
  })

/** Ends the session of a refresh token, as `how` says. */
export const endByToken = (
  db: Database,
  settings: Settings,
  claims: Claims,
  how: { kind: 'token_blacklisted' | 'session_ended'; detail: string },
  occasion: Occasion,
) =>
  blacklist(db, settings, claims, occasion.now, {
    atEnd: (sessionId) => [
      note(db, { ...how, sessionId }, and(isHolderOf(sessionId), written), occasion),
    ],
    isDone: isNoted(how.kind, occasion),
  })

/** Takes a sliding token back with all its chain. */
export const endSliding = (
  db: Database,
  settings: Settings,
  claims: Claims,
  occasion: Occasion,
) => {
  const kind = 'token_blacklisted'
  const who = and(eq(users.id, idNamedBy(settings, claims) ?? sql`null`), written)
  return revokeSliding(db, settings, claims, occasion.now, {
    atEnd: [note(db, { kind, detail: 'sliding' }, who, occasion)],
    isDone: isNoted(kind, occasion),
  })
}

/** A user's living sessions, the last used first. */
export const listSessions = (db: Database, settings: Settings, userId: SQL<number>, now: Date) =>
  db
    .select()
    .from(sessions)
    .where(livingOf(settings, userId, now))
    .orderBy(desc(lastUsed), desc(sessions.id))
    .limit(mostListed)

/** SQL: the id of whose sessions a caller asks for: his own, or as staff another's. */
export const listedFor = (callerId: SQL<number>, wanted: number | undefined): SQL<number> =>
  wanted === undefined
    ? callerId
    : sql`(select ${wanted} from users caller where caller.id = ${callerId}
        and (caller.is_staff or caller.id = ${wanted}))`

/**
 * Ends one session: one's own, or as staff anybody's but a superuser's.
 * @returns false where there is none that the caller may end
 */
export async function endSession(
  db: Database,
  caller: Actor,
  id: string,
  reason: 'ended' | 'logged_out',
  occasion: Occasion,
): Promise<boolean> {
  const [, , , ended] = await db.batch([
    db
      .update(sessions)
      .set({ revokedAt: occasion.now, revokeReason: reason })
      .where(and(eq(sessions.id, id), isNull(sessions.revokedAt), isInReachOf(caller))),
    note(
      db,
      { kind: 'session_ended', detail: reason.replace('_', ' '), sessionId: id },
      and(isHolderOf(id), eq(users.id, caller.id), written),
      occasion,
    ),
    note(
      db,
      { kind: 'session_ended', detail: 'by staff', sessionId: id, actorId: caller.id },
      and(isHolderOf(id), ne(users.id, caller.id), isEndedAt(id, occasion.now)),
      occasion,
    ),
    noted(db, 'session_ended', occasion),
  ])
  return ended.length > 0
}

/**
 * Ends all log-ins of a user: sessions but the one to be kept, the authtoken key unless it calls, and by the
 * version whatever has no row. An owner's is recorded only where a row ends, so that asking again fills no table.
 * @param caller with the version that was read, if the caller is the user
 * @returns false where there is nobody whose log-ins the caller may end
 */
export async function endAllOf(
  db: Database,
  caller: Actor & Partial<Pick<User, 'tokenVersion'>>,
  userId: number,
  { keep, keepKey = false }: { keep?: string | undefined; keepKey?: boolean },
  occasion: Occasion,
): Promise<boolean> {
  const own = and(eq(users.id, userId), mayEnd(caller))
  const others = and(
    eq(sessions.userId, userId),
    isNull(sessions.revokedAt),
    keep === undefined ? undefined : ne(sessions.id, keep),
  )
  const key = sql`exists (select 1 from auth_tokens where auth_tokens.user_id = ${userId})`
  const hasOthers = sql`(exists (select 1 from sessions where ${others})${keepKey ? sql`` : sql` or ${key}`})`
  const isOwn = caller.id === userId
  const all = { kind: 'session_ended', detail: 'all others' } as const
  // Sent twice, the version is raised once.
  const isFirst =
    caller.tokenVersion === undefined || !isOwn
      ? written
      : eq(users.tokenVersion, caller.tokenVersion)
  const [, , found] = await db.batch([
    isOwn
      ? note(db, all, and(own, hasOthers), occasion)
      : note(db, { ...all, actorId: caller.id }, own, occasion),
    db
      .update(users)
      .set({ tokenVersion: sql`${users.tokenVersion} + 1` })
      .where(and(own, isFirst)),
    db.select({ id: users.id }).from(users).where(own),
    db
      .update(sessions)
      .set({ revokedAt: occasion.now, revokeReason: 'ended' })
      .where(and(others, isInReachOf(caller))),
    ...(keepKey ? [] : [deleteOpaqueTokens(db, userId, mayEnd(caller))]),
  ])
  return found.length > 0
}

/** SQL: the statement before wrote something. */
const written = sql`changes() > 0`

const isHolderOf = (sessionId: string) =>
  sql`users.id = (select user_id from sessions where sessions.id = ${sessionId})`

const isEndedAt = (id: string, now: Date) =>
  sql`exists (select 1 from sessions where sessions.id = ${id}
    and sessions.revoked_at = ${now.getTime()})`

/** SQL: whose log-ins a caller may end; a superuser's only superusers. */
const mayEnd = ({ id, isStaff, isSuperuser }: Actor) =>
  sql`(users.id = ${id} or (${isStaff} and (${isSuperuser} or not users.is_superuser)))`

const isInReachOf = (caller: Actor) =>
  sql`exists (select 1 from users where users.id = sessions.user_id and ${mayEnd(caller)})`
