// Disabling an account and enabling it again, which only staff may.

import { and, eq, ne, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { cancelPendingLinks } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { revokeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { pendingDeadline } from './pending-users.ts'
import { type Caller, invalidatesLinks, type UserColumns } from './users.ts'

/**
 * Disables an account: its sessions, keys, tokens and mailed links end. `active` enables it again: a disabled account
 * returns to the status that it had, so that an address that nobody proved stays unproven.
 * @returns false where it was so already, is gone, or is a superuser's and the caller none
 */
export async function setStatus(
  db: Database,
  settings: Settings,
  caller: Caller,
  id: number,
  status: 'active' | 'disabled',
  info: RequestInfo,
): Promise<boolean> {
  const isDisabled = sql`users.status = 'disabled' and changes() > 0`
  const justSet = and(eq(users.id, id), sql`changes() > 0`)
  const [, , done] = await db.batch([
    db
      .update(users)
      .set(status === 'disabled' ? disabling : enabling(settings, info.now))
      .where(
        and(
          eq(users.id, id),
          status === 'disabled' ? ne(users.status, status) : eq(users.status, 'disabled'),
          caller.isSuperuser ? undefined : eq(users.isSuperuser, false),
        ),
      ),
    recordEvent(db, { type: 'status_changed', detail: reached, actorId: caller.id }, justSet, info),
    findRecorded(db, 'status_changed', info),
    revokeSessionsOf(db, id, 'disabled', info.now, { provided: isDisabled }),
    deleteAuthtokens(db, id, sql`users.status = 'disabled'`),
    cancelPendingLinks(db, id, sql`users.status = 'disabled'`),
  ])
  return done.length > 0
}

/** SQL: the status after the update. */
const reached = sql`users.status`

// In an update, SQLite reads every column as it was before.
const disabling: UserColumns = {
  ...invalidatesLinks,
  status: 'disabled',
  disabledFrom: sql`${users.status}`,
  tokenVersion: sql`${users.tokenVersion} + 1`,
}

// Its links have ended, so an account that waits for its activation has its whole time again.
const enabling = (settings: Settings, now: Date): UserColumns => ({
  status: sql`coalesce(${users.disabledFrom}, 'active')`,
  disabledFrom: null,
  pendingUntil: sql`iif(${users.pendingUntil} is null, null, ${pendingDeadline(settings, now)?.getTime() ?? null})`,
})
