// With EMAIL_CHANGE_CONFIRMATION an address changes once it is proven: until then it waits beside the old
// one. The link that goes to it signs it, so a request for another address ends an earlier link.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { emailKeys } from '../mail/email-address.ts'
import { boundsOf, enqueue, owedAs } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import type { Occasion } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import type { Columns } from './users.ts'

interface Asked {
  email: string
  who: SQL | undefined
  /** Columns that are written with the address. */
  set?: Columns | undefined
  /** What else is written. */
  also?: BatchItem<'sqlite'>[] | undefined
}

interface Asking {
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
  { email, who, also = [], set }: Asked,
  now: Date,
): Promise<Asking> {
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
      .where(byEmail ? and(who, isFree) : who)
      .returning(),
    enqueue(db, 'email_change', noted, now, { ...boundsOf(settings), toNew: true }),
    // `changes()` is now the link's: where none goes out, nothing can change and nobody is told.
    enqueue(db, 'email_change_notice', noted, now, { id }),
    owedAs(db, id, userId),
    db
      .select({ isFree: sql<number>`${isFree}`.as('is_free') })
      .from(users)
      .where(eq(users.id, userId)),
    ...also,
  ])
  // Without an address before there is no notice; then it can be sent again only where `who` still holds.
  return {
    isDone: written.length > 0 || noticed.length > 0,
    isTaken: byEmail && left?.isFree === 0,
    user: written[0],
  }
}

/** Tells the address that was, where another stands now. */
export function noticeToOld(
  db: Database,
  { securityEmails }: Settings,
  { id, email, emailVerifiedAt }: User,
  name: string | null,
  { now, request }: Occasion,
) {
  if (email === null || !securityEmails.includes('email_changed')) return []
  const who = and(eq(users.id, id), sql`${users.email} is ${name}`)
  return [
    enqueue(db, 'email_changed_notice', who, now, {
      to: email,
      isProven: emailVerifiedAt !== null,
      request,
    }),
  ]
}
