// Accounts whose address is not confirmed. After PENDING_USER_RETENTION they are deleted, and the address is free again.

import { and, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { deleteOldest } from '../statements.ts'
import { addSeconds } from '../time.ts'

/** When an account that becomes pending now is deleted; null for never. */
export const pendingDeadline = ({ pendingUserRetention: seconds }: Settings, now: Date) =>
  seconds > 0 ? addSeconds(now, seconds) : null

/**
 * A condition on `users`: the account has been pending for too long. An imported account has no deadline. Accounts of
 * staff and superusers never expire.
 */
export const isPendingExpired = ({ pendingUserRetention }: Settings, now: Date): SQL =>
  pendingUserRetention > 0
    ? sql`(${and(isOrdinary, eq(users.status, 'pending'), lte(users.pendingUntil, now))})`
    : sql`false`

const isOrdinary = and(eq(users.isStaff, false), eq(users.isSuperuser, false))

/** Deletes accounts that have been pending for too long, at most `limit`, those with the earliest deadline first. */
export const deleteExpiredPendingUsers = (
  db: Database,
  settings: Settings,
  now: Date,
  limit: number,
) => deleteOldest(db, users, users.pendingUntil, isPendingExpired(settings, now), limit)
