// With EMAIL_CHANGE_CONFIRMATION an address changes once it is proven: until then it waits beside the old
// one. The link that goes to it signs it, so a request for another address ends an earlier link.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { emailKeys } from '../mail/email-address.ts'
import { emailLimits, enqueue, findQueued } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { UserColumns } from './users.ts'

interface EmailChangeRequest {
  email: string
  where: SQL | undefined
  /** Columns that are written with the address. */
  set?: UserColumns | undefined
  /** What else is written. */
  extraWrites?: BatchItem<'sqlite'>[] | undefined
}

interface EmailChangeOutcome {
  isDone: boolean
  /** Users log in by email, and another one has the address. */
  isTaken: boolean
  /** The user as written. */
  user: User | undefined
}

/**
 * Writes down the address that is asked for, and queues a mail with a link there and a notice to the old one.
 */
export async function requestEmailChange(
  db: Database,
  settings: Settings,
  user: User,
  { email, where, extraWrites = [], set }: EmailChangeRequest,
  now: Date,
): Promise<EmailChangeOutcome> {
  const { id: userId } = user
  const byEmail = settings.loginField === 'email'
  const isFree = sql`not exists (select 1 from users other
    where other.email_key in ${emailKeys(email)} and other.id <> ${userId})`
  const noted = and(eq(users.id, userId), sql`changes() > 0`)
  const id = crypto.randomUUID()
  const [written, , , noticed, [left]] = await db.batch([
    db
      .update(users)
      .set({ ...set, newEmail: email })
      .where(byEmail ? and(where, isFree) : where)
      .returning(),
    enqueue(db, 'email_change', noted, now, { ...emailLimits(settings), toNew: true }),
    // `changes()` is now the link's: where none goes out, nothing can change and nobody is told.
    enqueue(db, 'email_change_requested', noted, now, { id }),
    findQueued(db, id, userId),
    db
      .select({ isFree: sql<number>`${isFree}`.as('is_free') })
      .from(users)
      .where(eq(users.id, userId)),
    ...extraWrites,
  ])
  // Without an address before there is no notice; then it can be sent again only where `who` still holds.
  return {
    isDone: written.length > 0 || noticed.length > 0,
    isTaken: byEmail && left?.isFree === 0,
    user: written[0],
  }
}

/** Tells the address that was, where another stands now. */
export function notifyOldAddress(
  db: Database,
  { securityEmails }: Settings,
  { id, email, emailVerifiedAt }: User,
  name: string | null,
  { now, requestId }: RequestInfo,
) {
  if (email === null || !securityEmails.includes('email_changed')) return []
  const where = and(eq(users.id, id), sql`${users.email} is ${name}`)
  return [
    enqueue(db, 'email_changed', where, now, {
      to: email,
      isProven: emailVerifiedAt !== null,
      requestId,
    }),
  ]
}
