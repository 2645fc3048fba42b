// Mail that is owed. A row is written in the batch of what it tells of and says to whom, never what: the
// message is made from row and user when it is sent, so that a retry is the same message.

import { and, desc, eq, gt, inArray, isNotNull, isNull, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import {
  mailOutbox,
  type OutboxRow,
  type SecurityEvent,
  securityEvents,
  type User,
  users,
} from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { day, hour, minute } from '../time.ts'

export type MailKind = OutboxRow['kind']

/** The kinds with a link, which a new password or log-in name makes worthless. */
const linkKinds: MailKind[] = ['activation', 'password_reset', 'username_reset', 'email_change']

// A delivery that was cut off is taken up again after this time.
const lease = minute
const maxBackoff = 6 * hour
const maxAttempts = 12
/** Of each kind of notice that no user asks for: to one account, and to an address for all accounts that did not prove it. */
const maxNoticesPerDay = 20

/**
 * Queues one mail to each user that `who` finds, at the address of the row; `toNew` at the address that the user asked
 * for, `to` at one that the row had. At most `mostADay` of the kind go to an address, in whatever capitals, and to an
 * account. Of accounts that share an address, the one that has waited longest comes first, so that each gets its turn.
 * Notices that no user asked for have bounds of their own: by account; and by address for accounts that did not prove
 * it. So no number of accounts floods a mailbox that they were moved to, or holds back notices to its owner's account.
 */
export function enqueue(
  db: Database,
  kind: MailKind,
  where: SQL | undefined,
  now: Date,
  {
    cooldown = 0,
    maxPerDay = 0,
    toNew = false,
    to,
    isProven = false,
    id = crypto.randomUUID(),
    requestId,
  }: EnqueueOptions = {},
) {
  const address = to === undefined ? (toNew ? users.newEmail : users.email) : sql`${to}`
  const time = now.getTime()
  const own = sql`from mail_outbox where mail_outbox.user_id = users.id and mail_outbox.kind = ${kind}`
  const recent = sql`exists (select 1 ${own}
    ${toNew ? sql`and mail_outbox.recipient = ${address}` : sql``}
    and mail_outbox.created_at > ${time - cooldown * 1000})`
  const wanting = db
    .select({
      userId: sql<number>`${users.id}`.as('wanting_id'),
      recipient: sql<string>`${address}`.as('wanting_at'),
      isProven: (to === undefined ? isNotNull(users.emailVerifiedAt) : sql`${Number(isProven)}`).as(
        'wanting_proven',
      ),
      place: sql`row_number() over (partition by ${address} collate nocase
        order by (select max(mail_outbox.created_at) ${own}), ${users.id})`.as('place'),
    })
    .from(users)
    .where(and(where, sql`${address} <> ''`, cooldown > 0 ? sql`not ${recent}` : undefined))
    .as('wanting')
  const today = sql`select count(*) from mail_outbox
    where mail_outbox.recipient = ${wanting.recipient} collate nocase
    and mail_outbox.created_at > ${time - day} and mail_outbox.kind = ${kind}`
  const lately = sql`select count(*) from mail_outbox where mail_outbox.user_id = ${wanting.userId}
    and mail_outbox.created_at > ${time - day} and mail_outbox.kind = ${kind}`
  const isWithinBound =
    maxPerDay > 0
      ? sql`${wanting.place} + (${today}) <= ${maxPerDay} and (${lately}) < ${maxPerDay}`
      : sql`${Number(linkKinds.includes(kind))} or (${lately}) < ${maxNoticesPerDay}
          and (${wanting.isProven} or ${wanting.place} + (${today}) <= ${maxNoticesPerDay})`
  const owed = db
    .select({
      id: sql<string>`${id} || '.' || ${wanting.userId}`.as('id'),
      kind: sql<MailKind>`${kind}`.as('kind'),
      userId: wanting.userId,
      recipient: wanting.recipient,
      createdAt: sql`${time}`.as('created_at'),
      attempts: sql<number>`0`.as('attempts'),
      nextAttemptAt: sql`${time}`.as('next_attempt_at'),
      sentAt: sql`null`.as('sent_at'),
      providerId: sql`null`.as('provider_id'),
      lastError: sql`null`.as('last_error'),
      requestId: sql`${requestId ?? null}`.as('request_id'),
    })
    .from(wanting)
    // SQLite wants a condition before ON CONFLICT.
    .where(isWithinBound)
  return db.insert(mailOutbox).select(owed).onConflictDoNothing()
}

interface EnqueueOptions {
  cooldown?: number
  /** Of its kind, to its address; 0 for as many as there are. */
  maxPerDay?: number
  toNew?: boolean
  to?: string
  /** Whether the user proved that address. */
  isProven?: boolean
  /** The beginning of the row's id, by which the same mail is known when it is owed again. */
  id?: string
  /** Of a mail about a security event: the request that recorded it. */
  requestId?: string
}

/**
 * A row if the whole site has queued as many of a kind in the last hour as it may: that mail which makes room for
 * another one when an hour is over. With 0 it may queue as many as there are.
 */
export const findFullHour = (db: Database, kind: MailKind | undefined, most: number, now: Date) =>
  db
    .select({ createdAt: mailOutbox.createdAt })
    .from(mailOutbox)
    .where(
      kind === undefined || most === 0
        ? sql`false`
        : and(gt(mailOutbox.createdAt, new Date(now.getTime() - hour)), eq(mailOutbox.kind, kind)),
    )
    .orderBy(desc(mailOutbox.createdAt))
    .limit(1)
    .offset(Math.max(most - 1, 0))

/** In milliseconds: until the mail that `findFullHour` found makes room. */
export const untilAllowed = (createdAt: Date, now: Date) =>
  createdAt.getTime() + hour - now.getTime()

/** A row if the mail with this id is owed to the user, or was sent. */
export const findQueued = (db: Database, id: string, userId: number) =>
  db
    .select({ id: mailOutbox.id })
    .from(mailOutbox)
    .where(eq(mailOutbox.id, `${id}.${userId}`))

/** Takes back mail with a link that still waits: it must not be made for the password that came after. */
export const cancelPendingLinks = (db: Database, userId: number, provided: SQL) =>
  db
    .update(mailOutbox)
    .set({ nextAttemptAt: null, lastError: 'superseded' })
    .where(
      and(
        eq(mailOutbox.userId, userId),
        inArray(mailOutbox.kind, linkKinds),
        isNotNull(mailOutbox.nextAttemptAt),
        sql`exists (select 1 from users where users.id = ${userId} and ${provided})`,
      ),
    )

export interface Due {
  row: OutboxRow
  user: User
  /** The event that the mail is about, if it is about one and the row is still there. */
  event: SecurityEvent | null
}

/** The mails that are about a security event, and the kinds that it may be of. */
const eventKinds: Partial<Record<MailKind, SecurityEvent['type'][]>> = {
  new_device: ['login'],
  refresh_reused: ['refresh_reused'],
  password_changed_confirmation: ['password_changed'],
  email_changed: ['email_changed'],
  // It is no event until the address changes: the mail says when, and no more.
  email_change_requested: [],
  username_changed_confirmation: ['username_changed', 'email_changed'],
}

export const isAboutEvent = (kind: MailKind) => kind in eventKinds

// One request may record several events: the one whose kind fits the mail. It is found by its time, which has an index.
const reportedEvent = sql`(select min(event.id) from security_events event
  where event.created_at = ${mailOutbox.createdAt} and event.request_id = ${mailOutbox.requestId}
  and event.user_id = ${mailOutbox.userId} and (${mailOutbox.kind}, event.type) in (values ${sql.join(
    Object.entries(eventKinds).flatMap(([kind, events]) =>
      events.map((each) => sql`(${kind}, ${each})`),
    ),
    sql`, `,
  )}))`

/** Takes mail that is due, for a minute from `now`, in which no other delivery takes it. */
export async function claimDue(
  db: Database,
  { most, newestFirst }: { most: number; newestFirst: boolean },
  now: Date,
): Promise<Due[]> {
  const due = db
    .select({ id: mailOutbox.id })
    .from(mailOutbox)
    .where(and(isNotNull(mailOutbox.nextAttemptAt), lte(mailOutbox.nextAttemptAt, now)))
    .orderBy(newestFirst ? desc(mailOutbox.nextAttemptAt) : mailOutbox.nextAttemptAt)
    .limit(most)
  const claimed = await db
    .update(mailOutbox)
    .set({
      attempts: sql`${mailOutbox.attempts} + 1`,
      nextAttemptAt: new Date(now.getTime() + lease),
    })
    .where(inArray(mailOutbox.id, due))
    .returning({ id: mailOutbox.id })
  if (claimed.length === 0) return []

  // Row and user are read together, so that a link is never made for a password that came after it; and the
  // event with them, so that no mail costs a trip of its own.
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

/** Puts a mail off, by `after` seconds or ever longer, or gives it up. */
export function markFailed(
  db: Database,
  row: OutboxRow,
  { retry, after, reason }: { retry: boolean; after?: number; reason: string },
  now: Date,
) {
  const again = retry && row.attempts < maxAttempts
  const pause = after === undefined ? backoffAfter(row.attempts) : after * 1000
  return db
    .update(mailOutbox)
    .set({
      nextAttemptAt: again ? new Date(now.getTime() + pause) : null,
      lastError: again ? reason : `failed: ${reason}`,
    })
    .where(and(eq(mailOutbox.id, row.id), isNotNull(mailOutbox.nextAttemptAt)))
}

/** Rows that no question is asked of any more. */
export const deleteOldMail = (db: Database, before: Date, most: number) =>
  db.delete(mailOutbox).where(
    inArray(
      mailOutbox.id,
      db
        .select({ id: mailOutbox.id })
        .from(mailOutbox)
        .where(and(lte(mailOutbox.createdAt, before), isNull(mailOutbox.nextAttemptAt)))
        .orderBy(mailOutbox.createdAt)
        .limit(most),
    ),
  )

// 30 s, 1 min, 2 min … 6 h: a dozen attempts in 15 hours, within the day that Resend remembers a key.
const backoffAfter = (attempts: number) => Math.min(30_000 * 2 ** (attempts - 1), maxBackoff)
/** How often mail goes out that anybody can cause by naming an address. */

export const emailLimits = ({ mailCooldown, mailDailyLimit }: Settings) => ({
  cooldown: mailCooldown,
  maxPerDay: mailDailyLimit,
})
