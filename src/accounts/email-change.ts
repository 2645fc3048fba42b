// With EMAIL_CHANGE_CONFIRMATION an address changes when its owner confirms it. Until then the row has the old and the new
// address. The link signs the new address, so a request for another address invalidates an earlier link.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { emailKeys } from '../mail/email-address.ts'
import { emailLimits, enqueueNotice, enqueueRequested, findQueued } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { wasRecorded } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote, type Statement } from '../statements.ts'
import type { UserColumns } from './users.ts'

interface EmailChangeRequest {
  email: string
  /** A condition on `users`: the user, unchanged since the caller was checked. */
  where: SQL | undefined
  /** Columns that are written with the address. */
  set?: UserColumns | undefined
  /** Statements before and after the write. */
  before?: Statement[]
  after?: Statement[]
}

interface EmailChangeOutcome {
  isDone: boolean
  /** Whether another user has the address as login. Always false if users log in by username. */
  isTaken: boolean
  /** The user as written. */
  user: User | undefined
}

/** Stores the requested address, and queues a mail with a link to it and a notice to the old one. */
export async function requestEmailChange(
  db: Database,
  settings: Settings,
  user: User,
  { email, where, set, before, after }: EmailChangeRequest,
  now: Date,
): Promise<EmailChangeOutcome> {
  const { id: userId } = user
  const byEmail = settings.loginField === 'email'
  const isFree = sql`not exists (select 1 from users other
    where other.email_key in ${emailKeys(email)} and other.id <> ${userId})`
  const justWritten = and(eq(users.id, userId), previousStatementWrote)
  const noticeId = crypto.randomUUID()
  const linkOptions = { ...emailLimits(settings), toNew: true }
  const { update, queuedNotice, address } = await batch(db, {
    before,
    update: db
      .update(users)
      .set({ ...set, newEmail: email })
      .where(byEmail ? and(where, isFree) : where)
      .returning(),
    link: enqueueRequested(db, 'email_change', justWritten, now, linkOptions),
    // The previous statement queues the link. Without a link nothing can change, so the old address gets no notice.
    notice: enqueueNotice(db, 'email_change_requested', justWritten, now, { id: noticeId }),
    queuedNotice: findQueued(db, noticeId, userId),
    address: db
      .select({ isFree: sql<number>`${isFree}`.as('is_free') })
      .from(users)
      .where(eq(users.id, userId)),
    after,
  })
  // A user without an old address gets no notice. The request can then be sent again only while `where` still holds.
  return {
    isDone: update.length > 0 || queuedNotice.length > 0,
    isTaken: byEmail && address[0]?.isFree === 0,
    user: update[0],
  }
}

/**
 * Queues a notice to the old address, if the user had one and SECURITY_EMAILS includes `email_changed`. It comes after the
 * event of the change, in the same batch.
 */
export function notifyOldAddress(
  db: Database,
  { securityEmails }: Settings,
  { id, email: oldEmail, emailVerifiedAt }: User,
  info: RequestInfo,
) {
  const { now, requestId } = info
  if (oldEmail === null || !securityEmails.includes('email_changed')) return undefined
  const where = and(eq(users.id, id), wasRecorded('email_changed', info))
  const isProven = emailVerifiedAt !== null
  return enqueueNotice(db, 'email_changed', where, now, { to: oldEmail, isProven, requestId })
}
