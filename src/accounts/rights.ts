// Django's flags `is_staff` and `is_superuser`. Only an operator sets them; no request does.

import { and, eq, not } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import { batch, previousStatementWrote } from '../statements.ts'
import type { Caller } from './users.ts'

export type Rights = Pick<User, 'isStaff' | 'isSuperuser'>

/** Only a user that is neither staff nor superuser may be impersonated. */
export const mayBeImpersonated = (user: Rights) => !user.isStaff && !user.isSuperuser

interface RightsChange extends Rights {
  userId: number
  /** What was granted or removed, for the event. */
  detail: string
}

/**
 * Sets both flags, and records it. Sessions continue: every request reads the flags from the user's row.
 * @returns whether something was changed
 */
export async function setRights(
  db: Database,
  caller: Caller,
  { userId, isStaff, isSuperuser, detail }: RightsChange,
  info: RequestInfo,
): Promise<boolean> {
  const own = eq(users.id, userId)
  const isSame = and(eq(users.isStaff, isStaff), eq(users.isSuperuser, isSuperuser))
  const justSet = and(own, previousStatementWrote)
  const event = { type: 'rights_changed', detail, actorId: caller.id } as const
  const { recorded } = await batch(db, {
    update: db
      .update(users)
      .set({ isStaff, isSuperuser })
      .where(and(own, isSame && not(isSame))),
    event: recordEvent(db, event, justSet, info),
    recorded: findRecorded(db, 'rights_changed', info),
  })
  return recorded.length > 0
}
