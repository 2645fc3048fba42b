// The outbox: queues emails, cancels them, and limits their number. A row is written in the batch of the change that it
// reports. It holds the kind of email and the user, never the text: delivery.ts renders the email from row and user
// when it sends it, so that a retry sends the same message. due.ts reads the rows.

import {
  and,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  lt,
  lte,
  or,
  type SQL,
  type SQLWrapper,
  sql,
} from 'drizzle-orm'
import type { Database } from '../db.ts'
import { mailOutbox, type OutboxRow, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { userIs } from '../statements.ts'
import { day, hour } from '../time.ts'

export type MailKind = OutboxRow['kind']

/** The kinds with a link, which a new password or login name invalidates. */
const linkKinds: MailKind[] = ['activation', 'password_reset', 'username_reset', 'email_change']

/** The most notices of a kind, in 24 hours, to an account; and to an address, for accounts that did not prove it. */
const maxNoticesPerDay = 20

/**
 * Queues a notice, which no user asked for, to each user that meets a condition on `users`. At most `maxNoticesPerDay` of
 * a kind go to an account. The same limit holds for an address, but only for accounts that did not prove it. So an
 * attacker that moves many accounts to an address can neither flood it nor hold back the notices to its owner's account.
 */
export function enqueueNotice(
  db: Database,
  kind: MailKind,
  where: SQL | undefined,
  now: Date,
  { to, isProven = false, id, requestId }: NoticeOptions = {},
) {
  const former = { address: sql`${to}`, isProven: sql`${Number(isProven)}` }
  const recipients = selectRecipients(db, kind, where, to === undefined ? current : former)
  return insertFor(db, kind, recipients, { id, requestId }, now)
}

interface NoticeOptions {
  /** A former address of the user, in place of the current one. */
  to?: string
  /** Whether the user proved the former address. */
  isProven?: boolean
  /** The first part of the row's id, for `findQueued`. */
  id?: string
  /** The request that recorded the security event. */
  requestId?: string
}

/**
 * Queues an email that any client can cause by naming an address, to each user that meets a condition on `users`. At most
 * `maxPerDay` of a kind go to an address, in any case of its letters, and to an account. Of the accounts that share an
 * address, the account that has waited longest comes first.
 */
export function enqueueRequested(
  db: Database,
  kind: MailKind,
  where: SQL | undefined,
  now: Date,
  { cooldown = 0, maxPerDay, toNew = false }: RequestOptions,
) {
  const address = toNew ? { ...current, address: users.newEmail } : current
  const isRecent = sql`exists (select 1 from ${mailsOf(users.id, kind)}
    ${toNew ? sql`and mail_outbox.recipient = ${users.newEmail}` : sql``}
    and mail_outbox.created_at > ${now.getTime() - cooldown * 1000})`
  const ready = and(where, cooldown > 0 ? sql`not ${isRecent}` : undefined)
  return insertFor(db, kind, selectRecipients(db, kind, ready, address), { maxPerDay }, now)
}

interface RequestOptions {
  /** Seconds between two emails of the kind to an account. */
  cooldown?: number
  /** The most emails of the kind in 24 hours, to an address and to an account; 0 for any number. */
  maxPerDay: number
  /** Sends to the address that the user asked for, in place of the current one. */
  toNew?: boolean
}

interface AddressSql {
  address: SQLWrapper
  isProven: SQL
}

const current: AddressSql = { address: users.email, isProven: isNotNull(users.emailVerifiedAt) }

/** SQL, after `from`: the rows of a kind for an account. */
const mailsOf = (userId: SQLWrapper, kind: MailKind) =>
  sql`mail_outbox where mail_outbox.user_id = ${userId} and mail_outbox.kind = ${kind}`

/** SQL: the users to mail, each with their rank among the users with the same address. */
const selectRecipients = (
  db: Database,
  kind: MailKind,
  where: SQL | undefined,
  { address, isProven }: AddressSql,
) =>
  db
    .select({
      id: sql<number>`${users.id}`.as('recipient_id'),
      address: sql<string>`${address}`.as('recipient_address'),
      isProven: isProven.as('recipient_is_proven'),
      rank: sql`row_number() over (partition by ${address} collate nocase
        order by (select max(mail_outbox.created_at) from ${mailsOf(users.id, kind)}), ${users.id})`.as(
        'recipient_rank',
      ),
    })
    .from(users)
    .where(and(where, sql`${address} <> ''`))
    .as('recipients')

type Recipients = ReturnType<typeof selectRecipients>

/**
 * The insert, which is one statement. For a notice:
 *
 *     insert into mail_outbox
 *     select ID || '.' || recipient_id, KIND, recipient_id, recipient_address, NOW, 0, NOW, null, null, null, REQUEST_ID
 *     from (
 *       select id recipient_id, email recipient_address, email_verified_at is not null recipient_is_proven,
 *         row_number() over (partition by email collate nocase order by LAST_MAIL_TO_ACCOUNT, id) recipient_rank
 *       from users where WHERE and email <> ''
 *     ) recipients
 *     where TO_ACCOUNT_TODAY < 20 and (recipient_is_proven or recipient_rank + TO_ADDRESS_TODAY <= 20)
 *     on conflict do nothing
 */
function insertFor(
  db: Database,
  kind: MailKind,
  to: Recipients,
  { maxPerDay = 0, id = crypto.randomUUID(), requestId }: RowOptions,
  now: Date,
) {
  const time = now.getTime()
  const rows = db
    .select({
      id: sql<string>`${id} || '.' || ${to.id}`.as('id'),
      kind: sql<MailKind>`${kind}`.as('kind'),
      userId: to.id,
      recipient: to.address,
      createdAt: sql`${time}`.as('created_at'),
      attempts: sql<number>`0`.as('attempts'),
      nextAttemptAt: sql`${time}`.as('next_attempt_at'),
      sentAt: sql`null`.as('sent_at'),
      providerId: sql`null`.as('provider_id'),
      lastError: sql`null`.as('last_error'),
      requestId: sql`${requestId ?? null}`.as('request_id'),
    })
    .from(to)
    .where(isWithinLimits(kind, to, maxPerDay, now))
  return db.insert(mailOutbox).select(rows).onConflictDoNothing()
}

interface RowOptions {
  maxPerDay?: number
  id?: string | undefined
  requestId?: string | undefined
}

/** SQL: whether a recipient may get this email too. It is never blank: SQLite requires a condition before ON CONFLICT. */
function isWithinLimits(kind: MailKind, to: Recipients, maxPerDay: number, now: Date) {
  const since = now.getTime() - day
  const toAccount = sql`(select count(*) from ${mailsOf(to.id, kind)}
    and mail_outbox.created_at > ${since})`
  const toAddress = sql`(${to.rank} + (select count(*) from mail_outbox
    where mail_outbox.recipient = ${to.address} collate nocase
    and mail_outbox.created_at > ${since} and mail_outbox.kind = ${kind}))`
  if (maxPerDay > 0) return and(lte(toAddress, maxPerDay), lt(toAccount, maxPerDay))
  if (linkKinds.includes(kind)) return sql`true`
  return and(lt(toAccount, maxNoticesPerDay), or(to.isProven, lte(toAddress, maxNoticesPerDay)))
}

/** Limits for emails that any client can cause by naming an address. */
export const emailLimits = ({ mailCooldown, mailDailyLimit }: Settings) => ({
  cooldown: mailCooldown,
  maxPerDay: mailDailyLimit,
})

/**
 * Finds the email by which the site reaches its hourly limit: with it and all newer ones, `limit` emails of the kind were
 * queued in the last hour. The next is allowed an hour after it was queued. Finds none if the limit is 0.
 */
export const findFullHour = (db: Database, kind: MailKind | undefined, limit: number, now: Date) =>
  db
    .select({ createdAt: mailOutbox.createdAt })
    .from(mailOutbox)
    .where(
      kind === undefined || limit === 0
        ? sql`false`
        : and(gt(mailOutbox.createdAt, new Date(now.getTime() - hour)), eq(mailOutbox.kind, kind)),
    )
    .orderBy(desc(mailOutbox.createdAt))
    .limit(1)
    .offset(Math.max(limit - 1, 0))

/** Milliseconds until the next email is allowed, from the time at which the one of `findFullHour` was queued. */
export const untilAllowed = (createdAt: Date, now: Date) =>
  createdAt.getTime() + hour - now.getTime()

/** Finds the email that was queued to the user under an id, whether or not it was sent. */
export const findQueued = (db: Database, id: string, userId: number) =>
  db
    .select({ id: mailOutbox.id })
    .from(mailOutbox)
    .where(eq(mailOutbox.id, `${id}.${userId}`))

/**
 * Cancels the emails with a link that were not sent yet: a link must not be made for a password that came after it.
 * @param provided a condition on `users` that the user must meet
 */
export const cancelPendingLinks = (db: Database, userId: number | SQL<number>, provided: SQL) =>
  db
    .update(mailOutbox)
    .set({ nextAttemptAt: null, lastError: 'superseded' })
    .where(
      and(
        eq(mailOutbox.userId, userId),
        inArray(mailOutbox.kind, linkKinds),
        isNotNull(mailOutbox.nextAttemptAt),
        userIs(userId, provided),
      ),
    )
