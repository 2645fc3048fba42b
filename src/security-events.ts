// What happened to an account, for its owner and the staff to see. A row is written in the batch of what it
// tells of, and only if that was written; it names the request, so that a batch that is sent again finds there
// that it was done.

import { and, desc, eq, isNotNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import type { RequestInfo } from './request-info.ts'
import { type SecurityEvent, securityEvents } from './schema.ts'
import type { Settings } from './settings/parse.ts'
import { deleteOldest, insertWhere } from './statements.ts'
import { addSeconds, hour, minute } from './time.ts'

interface NewEvent {
  type: SecurityEvent['type']
  /** More of it: how, why, or to what; as SQL, what the user's row says. */
  detail?: string | SQL
  sessionId?: string
  /** Who did it, where it was somebody else; 0 is an operator at a terminal. */
  actorId?: number | undefined
}

/** Notes it for each user that `who` finds, once. */
export const recordEvent = (
  db: Database,
  event: NewEvent,
  where: SQL | undefined,
  info: RequestInfo,
) => insertEvent(db, event, where, info)

/** A row if this very request has noted it, now or when it was sent before. */
export const findRecorded = (db: Database, type: NewEvent['type'], info: RequestInfo) =>
  db
    .select({ id: securityEvents.id })
    .from(securityEvents)
    .where(and(isOf(info), eq(securityEvents.type, type)))
    .limit(1)

/** SQL: whether this very request has noted it. */
export const wasRecorded = (type: NewEvent['type'], info: RequestInfo) =>
  sql`exists (select 1 from security_events
    where ${isOf(info)} and security_events.type = ${type})`

// By the time, which there is an index of.
const isOf = ({ now, requestId }: RequestInfo) =>
  sql`security_events.created_at = ${now.getTime()} and security_events.request_id = ${requestId}`

/**
 * Records what an account may have happen to it often: within an hour it is one row of its kind, which counts it and
 * shows the last, so that it fills no table. One kind may have one such detail.
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
  const client = { userAgent, ip, country }
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
      ...client,
    },
    and(where, isNew),
  )
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
  limit: number,
) => {
  const isOld = lt(securityEvents.createdAt, addSeconds(now, -securityEventsRetention))
  return deleteOldest(db, securityEvents, securityEvents.createdAt, isOld, limit)
}

const maxPerKind = 500
const lately = 2 * minute

/**
 * Events of accounts that had one lately, beyond the newest 500 of their kind. By kind, so that an attacker who
 * causes many of one kind pushes out none of another.
 */
export const deleteEventsOverLimit = (db: Database, now: Date, most: number) => {
  const busy = sql`select user_id from security_events
    where created_at > ${now.getTime() - lately}`
  const placed = sql`select id, row_number() over (partition by user_id, type order by id desc) as place
    from security_events where user_id in (${busy})`
  const surplus = sql`select id from (${placed}) where place > ${maxPerKind} limit ${most}`
  return db.delete(securityEvents).where(sql`id in (${surplus})`)
}
