// What happened to an account, for its owner and the staff to see. A row is written in the batch of what it
// tells of, and only if that was written.

import { and, desc, eq, inArray, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { type SecurityEvent, securityEvents, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import type { Device } from '../tokens/sessions.ts'

/** When something is asked for, and from where. */
export interface Occasion extends Device {
  now: Date
}

interface Happening {
  kind: SecurityEvent['kind']
  /** More of it: how, why, or to what. */
  detail?: string
  sessionId?: string
  /** Who did it, where it was somebody else. */
  actorId?: number
}

/** Notes it for each user that `who` finds. */
export const note = (
  db: Database,
  happening: Happening,
  who: SQL | undefined,
  occasion: Occasion,
) => db.insert(securityEvents).select(eventOf(db, happening, who, occasion))

/**
 * Notes a log-in that failed, if the name is somebody's. A run of failures within an hour is one row, so that
 * guessing fills no table.
 */
export const noteFailure = (db: Database, who: SQL | undefined, occasion: Occasion) =>
  db
    .insert(securityEvents)
    .select(eventOf(db, { kind: 'log_in_failed' }, who, occasion))
    .onConflictDoUpdate({
      target: [securityEvents.userId, securityEvents.hour],
      targetWhere: isNotNull(securityEvents.hour),
      set: {
        count: sql`${securityEvents.count} + 1`,
        ip: sql`excluded.ip`,
        country: sql`excluded.country`,
        userAgent: sql`excluded.user_agent`,
      },
    })

function eventOf(
  db: Database,
  { kind, detail, sessionId, actorId }: Happening,
  who: SQL | undefined,
  { now, userAgent, ip, country }: Occasion,
) {
  const hour = kind === 'log_in_failed' ? Math.floor(now.getTime() / 3_600_000) : null
  return db
    .select({
      id: sql<number>`null`.as('id'),
      userId: sql<number>`${users.id}`.as('user_id'),
      kind: sql<SecurityEvent['kind']>`${kind}`.as('kind'),
      detail: sql`${detail ?? null}`.as('detail'),
      sessionId: sql`${sessionId ?? null}`.as('session_id'),
      actorId: sql`${actorId ?? null}`.as('actor_id'),
      count: sql<number>`1`.as('count'),
      hour: sql`${hour}`.as('hour'),
      createdAt: sql`${now.getTime()}`.as('created_at'),
      userAgent: sql`${userAgent ?? null}`.as('user_agent'),
      ip: sql`${ip ?? null}`.as('ip'),
      country: sql`${country ?? null}`.as('country'),
    })
    .from(users)
    .where(and(who, sql`true`)) // so that ON CONFLICT is not read as a join's
}

/** The newest events of a user, those before an id if one is named. */
export const listEvents = (
  db: Database,
  userId: SQL<number>,
  { before, most }: { before: number | undefined; most: number },
) =>
  db
    .select()
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.userId, userId),
        before === undefined ? undefined : lt(securityEvents.id, before),
      ),
    )
    .orderBy(desc(securityEvents.id))
    .limit(most)

/** Events older than SECURITY_EVENTS_RETENTION. */
export const deleteOldEvents = (
  db: Database,
  { securityEventsRetention }: Settings,
  now: Date,
  most: number,
) => {
  const old = db
    .select({ id: securityEvents.id })
    .from(securityEvents)
    .where(lt(securityEvents.createdAt, new Date(now.getTime() - securityEventsRetention * 1000)))
    .orderBy(securityEvents.createdAt)
    .limit(most)
  return db.delete(securityEvents).where(inArray(securityEvents.id, old))
}
