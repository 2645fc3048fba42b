// Accounts that wait for the proof of their address. One whose proof does not come in time gives the address back
// (PENDING_USER_RETENTION).

import { and, eq, inArray, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'

/** When an account is deleted that begins to wait now; null for never. */
export const pendingDeadline = ({ pendingUserRetention: seconds }: Settings, now: Date) =>
  seconds > 0 ? new Date(now.getTime() + seconds * 1000) : null

/** SQL: the account has waited too long. An imported one has no such time, and one with rights stays. */
export const isPendingExpired = ({ pendingUserRetention }: Settings, now: Date): SQL =>
  pendingUserRetention > 0
    ? sql`(${and(isOrdinary, eq(users.status, 'pending'), lte(users.pendingUntil, now))})`
    : sql`false`

const isOrdinary = and(eq(users.isStaff, false), eq(users.isSuperuser, false))

/** Accounts that have waited too long. */
export const deleteExpiredPendingUsers = (
  db: Database,
  settings: Settings,
  now: Date,
  most: number,
) => {
  const expired = db
    .select({ id: users.id })
    .from(users)
    .where(isPendingExpired(settings, now))
    .orderBy(users.pendingUntil)
    .limit(most)
  return db.delete(users).where(inArray(users.id, expired))
}
