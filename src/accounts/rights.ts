// Django's flags: whether a user is staff, or a superuser. No request sets them; an operator does.

import { and, eq, not, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import type { Caller } from './users.ts'

export type Rights = Pick<User, 'isStaff' | 'isSuperuser'>

/** Only a user that is neither staff nor superuser may be impersonated. */
export const mayBeImpersonated = (user: Rights) => !user.isStaff && !user.isSuperuser

/**
 * Sets both flags, and records it. Sessions stay: every request reads the flags from the user's row.
 * @param detail what was given or taken away, for the event
 * @returns whether something was changed
 */
export async function setRights(
  db: Database,
  caller: Caller,
  id: number,
  { isStaff, isSuperuser }: Rights,
  detail: string,
  info: RequestInfo,
): Promise<boolean> {
  const isSame = and(eq(users.isStaff, isStaff), eq(users.isSuperuser, isSuperuser))
  const justSet = and(eq(users.id, id), sql`changes() > 0`)
  const [, , done] = await db.batch([
    db
      .update(users)
      .set({ isStaff, isSuperuser })
      .where(and(eq(users.id, id), isSame && not(isSame))),
    recordEvent(db, { type: 'rights_changed', detail, actorId: caller.id }, justSet, info),
    findRecorded(db, 'rights_changed', info),
  ])
  return done.length > 0
}
