// Security events: what happened to an account, for its owner and staff. A row is written in the batch of the change that it
// records, and only if that change was written. It names the request, so a batch that is sent twice finds it there.

import { and, desc, eq, getTableColumns, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import { publicIdSql } from './public-id.ts'
import type { RequestInfo } from './request-info.ts'
import { type SecurityEvent, securityEvents } from './schema.ts'
import type { Settings } from './settings/parse.ts'
import { deleteOldest, deleteOverLimit, insertWhere, type ResultOf } from './statements.ts'
import { addSeconds, hour } from './time.ts'

interface NewEvent {
  type: SecurityEvent['type']
  /** More about the event, such as its reason or the changed fields. SQL may name columns of `users`. */
  detail?: string | SQL
  sessionId?: string
  /** The user that caused it, if not the owner; 0 for an operator. */
  actorId?: number | undefined
}

/**
 * Records an event once for each request, for each user that a condition selects.
 * @param where a condition on `users`
 */
export const recordEvent = (
  db: Database,
  event: NewEvent,
  where: SQL | undefined,
  info: RequestInfo,
) => insertEvent(db, event, where, info)

/** The event, with the UUID of its user, if this very request has recorded it, now or when it was first sent. */
export const findRecorded = (db: Database, type: NewEvent['type'], info: RequestInfo) =>
  db
    .select({ id: securityEvents.id, userId: securityEvents.userId, uuid: uuidOfUser })
    .from(securityEvents)
    .where(and(isOf(info), eq(securityEvents.type, type)))
    .limit(1)

const uuidOfUser = sql<
  string | null
>`(select users.uuid from users where users.id = security_events.user_id)`.as('uuid')

/** SQL: whether this very request has recorded the event. */
export const wasRecorded = (type: NewEvent['type'], info: RequestInfo) =>
  sql`exists (select 1 from security_events
    where ${isOf(info)} and security_events.type = ${type})`

// The time comes first, because it has an index.
const isOf = ({ now, requestId }: RequestInfo) =>
  sql`security_events.created_at = ${now.getTime()} and security_events.request_id = ${requestId}`

/**
 * Records an event that can happen often to an account, such as a failed login. All events of a type within an hour share a
 * row, which counts them and shows the last one. Every call with the same type must have the same detail.
 */
export const recordHourly = (
  db: Database,
  event: NewEvent,
  where: SQL | undefined,
  info: RequestInfo,
) =>
  insertEvent(db, event, where, info, Math.floor(info.now.getTime() / hour)).onConflictDoUpdate({
    target: [securityEvents.userId, securityEvents.type, securityEvents.hourBucket],
    targetWhere: isNotNull(securityEvents.hourBucket),
    set: {
      count: sql`${securityEvents.count} + (${securityEvents.requestId} is not excluded.request_id)`,
      requestId: sql`excluded.request_id`,
      ip: sql`excluded.ip`,
      country: sql`excluded.country`,
      userAgent: sql`excluded.user_agent`,
    },
  })

function insertEvent(
  db: Database,
  { type, detail, sessionId, actorId }: NewEvent,
  where: SQL | undefined,
  info: RequestInfo,
  hourBucket?: number,
) {
  const { now, requestId, userAgent, ip, country } = info
  const isNew = sql`not exists (select 1 from security_events where ${isOf(info)}
    and security_events.user_id = users.id and security_events.type = ${type})`
  return insertWhere(
    db,
    securityEvents,
    {
      userId: sql`users.id`,
      type,
      detail,
      sessionId,
      actorId,
      hourBucket,
      createdAt: now,
      requestId,
      userAgent,
      ip,
      country,
    },
    and(where, isNew),
  )
}

/** A user's events with the actor's id as clients see it, newest first; only those before an event's id, if one is given. */
export const listEvents = (
  db: Database,
  settings: Settings,
  userId: number | SQL<number>,
  { before, limit }: { before: number | undefined; limit: number },
) =>
  db
    .select({
      ...getTableColumns(securityEvents),
      actor: publicIdSql(settings, sql`security_events.actor_id`).as('actor'),
    })
    .from(securityEvents)
    .where(
      and(
        eq(securityEvents.userId, userId),
        before === undefined ? undefined : lt(securityEvents.id, before),
      ),
    )
    .orderBy(desc(securityEvents.id))
    .limit(limit)

export type ListedEvent = ResultOf<ReturnType<typeof listEvents>>[number]

/** Deletes events older than SECURITY_EVENTS_RETENTION. */
export const deleteOldEvents = (
  db: Database,
  { securityEventsRetention }: Settings,
  now: Date,
  limit: number,
) => {
  const isOld = lt(securityEvents.createdAt, addSeconds(now, -securityEventsRetention))
  return deleteOldest(db, securityEvents, securityEvents.createdAt, isOld, limit)
}

const maxPerType = 500

/**
 * Deletes events beyond a user's newest 500 of each type. Each type has its own limit, so that an attacker with many events
 * of one type cannot push out the others.
 */
export const deleteEventsOverLimit = (db: Database, now: Date, limit: number) => {
  const rows = { group: sql`user_id, type`, newest: sql`id`, keep: maxPerType }
  return deleteOverLimit(db, securityEvents, rows, now, limit)
}
