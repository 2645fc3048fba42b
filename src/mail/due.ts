// The delivery's side of the outbox: claims the emails that are due, and marks them as sent or failed. outbox.ts queues
// them.

import { and, desc, eq, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import {
  mailOutbox,
  type OutboxRow,
  type SecurityEvent,
  securityEvents,
  type User,
  users,
} from '../schema.ts'
import { deleteOldest } from '../statements.ts'
import { hour, minute } from '../time.ts'
import type { MailKind } from './outbox.ts'

/** Milliseconds after which a delivery that was cut off may be tried again. */
const lease = minute
const maxBackoff = 6 * hour
const maxAttempts = 12

export interface DueMail {
  row: OutboxRow
  user: User
  /** The event that the email is about, if it is about one and the row still exists. */
  event: SecurityEvent | null
}

/** The kinds of email about a security event, and the types of event that each may be about. */
const eventTypes: Partial<Record<MailKind, SecurityEvent['type'][]>> = {
  new_device: ['login'],
  refresh_reused: ['refresh_reused'],
  password_changed_confirmation: ['password_changed'],
  email_changed: ['email_changed'],
  // A request is no event. The email gives only its time.
  email_change_requested: [],
  username_changed_confirmation: ['username_changed', 'email_changed'],
}

export const isAboutEvent = (kind: MailKind) => kind in eventTypes

// One request may record several events: the email is about the one whose type fits its kind. The time comes first,
// because it has an index.
const reportedEvent = sql`(select min(event.id) from security_events event
  where event.created_at = ${mailOutbox.createdAt} and event.request_id = ${mailOutbox.requestId}
  and event.user_id = ${mailOutbox.userId} and (${mailOutbox.kind}, event.type) in (values ${sql.join(
    Object.entries(eventTypes).flatMap(([kind, types]) =>
      types.map((type) => sql`(${kind}, ${type})`),
    ),
    sql`, `,
  )}))`

/** Claims emails that are due. For a minute from `now`, no other delivery claims them. */
export async function claimDue(
  db: Database,
  { limit, newestFirst }: { limit: number; newestFirst: boolean },
  now: Date,
): Promise<DueMail[]> {
  const due = db
    .select({ id: mailOutbox.id })
    .from(mailOutbox)
    .where(and(isNotNull(mailOutbox.nextAttemptAt), lte(mailOutbox.nextAttemptAt, now)))
    .orderBy(newestFirst ? desc(mailOutbox.nextAttemptAt) : mailOutbox.nextAttemptAt)
    .limit(limit)
  const claimed = await db
    .update(mailOutbox)
    .set({
      attempts: sql`${mailOutbox.attempts} + 1`,
      nextAttemptAt: new Date(now.getTime() + lease),
    })
    .where(inArray(mailOutbox.id, due))
    .returning({ id: mailOutbox.id })
  if (claimed.length === 0) return []

  // One statement reads row and user, so that a link is never made for a password that was set after the email was
  // queued. It reads the event as well, which saves a round trip.
  const ids = claimed.map(({ id }) => id)
  return db
    .select({ row: mailOutbox, user: users, event: securityEvents })
    .from(mailOutbox)
    .innerJoin(users, eq(users.id, mailOutbox.userId))
    .leftJoin(securityEvents, eq(securityEvents.id, reportedEvent))
    .where(and(inArray(mailOutbox.id, ids), isNotNull(mailOutbox.nextAttemptAt)))
}

export const markSent = (db: Database, id: string, providerId: string | undefined, now: Date) =>
  db
    .update(mailOutbox)
    .set({ sentAt: now, nextAttemptAt: null, providerId: providerId ?? null, lastError: null })
    .where(eq(mailOutbox.id, id))

/** Schedules the next attempt, after `after` seconds or a growing back-off; or gives the email up. */
export function markFailed(
  db: Database,
  { id, attempts }: OutboxRow,
  { retry, after, reason }: { retry: boolean; after?: number; reason: string },
  now: Date,
) {
  const triesAgain = retry && attempts < maxAttempts
  const pause = after === undefined ? backoff(attempts) : after * 1000
  return db
    .update(mailOutbox)
    .set({
      nextAttemptAt: triesAgain ? new Date(now.getTime() + pause) : null,
      lastError: triesAgain ? reason : `failed: ${reason}`,
    })
    .where(and(eq(mailOutbox.id, id), isNotNull(mailOutbox.nextAttemptAt)))
}

// 30 s, 1 min, 2 min … 6 h: twelve attempts in 15 hours, within the day for which Resend remembers an Idempotency-Key.
const backoff = (attempts: number) => Math.min(30_000 * 2 ** (attempts - 1), maxBackoff)

/** Deletes up to `limit` emails that were queued before a time and are not waiting: no limit counts them any more. */
export const deleteOldMail = (db: Database, before: Date, limit: number) =>
  deleteOldest(
    db,
    mailOutbox,
    mailOutbox.createdAt,
    and(lte(mailOutbox.createdAt, before), isNull(mailOutbox.nextAttemptAt)),
    limit,
  )
