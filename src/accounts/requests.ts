// What anybody may ask for by an address: mail with a link, of one shape for known and unknown addresses.

import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { enqueue, type Kind } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { hasEmail, usable } from './users.ts'

/** SQL: who has this address, is in this state and has a password. */
export const reachable = (settings: Settings, email: string, status: User['status']) =>
  and(hasEmail(settings, email), eq(users.status, status), usable)

/** How often mail goes out that anybody can cause by naming an address. */
export const boundsOf = ({ mailInterval, mailDailyLimit }: Settings) => ({
  notWithin: mailInterval,
  mostADay: mailDailyLimit,
})

/**
 * Owes a mail to whom `who` finds.
 * @returns false where nobody is found, and the settings want that to be told
 */
export async function requestMail(
  db: Database,
  settings: Settings,
  kind: Kind,
  who: SQL | undefined,
  now: Date,
): Promise<boolean> {
  const owed = enqueue(db, kind, who, now, boundsOf(settings))
  if (!settings.showEmailNotFound) {
    await owed
    return true
  }
  const find = db.select({ id: users.id }).from(users).where(who).limit(1)
  const [found] = await db.batch([find, owed])
  return found.length > 0
}
