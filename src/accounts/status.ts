// Shutting an account and opening it again, which only staff may.

import { and, eq, ne, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { users } from '../schema.ts'
import { deleteOpaqueTokens } from '../tokens/opaque.ts'
import { endSessionsOf } from '../tokens/sessions.ts'
import { note, noted, type Occasion } from './events.ts'
import type { Actor } from './users.ts'

/**
 * Shuts an account: its sessions, keys and tokens end with it. Opens it again with `active`.
 * @returns false where it was so already, is gone, or is a superuser's and the caller none
 */
export async function setStatus(
  db: Database,
  caller: Actor,
  id: number,
  status: 'active' | 'disabled',
  occasion: Occasion,
): Promise<boolean> {
  const isDisabled = sql`users.status = 'disabled' and changes() > 0`
  const justSet = and(eq(users.id, id), sql`changes() > 0`)
  const [, , done] = await db.batch([
    db
      .update(users)
      .set({
        status,
        ...(status === 'disabled' && { tokenVersion: sql`${users.tokenVersion} + 1` }),
      })
      .where(
        and(
          eq(users.id, id),
          status === 'disabled' ? ne(users.status, status) : eq(users.status, 'disabled'),
          caller.isSuperuser ? undefined : eq(users.isSuperuser, false),
        ),
      ),
    note(db, { kind: 'status_changed', detail: status, actorId: caller.id }, justSet, occasion),
    noted(db, 'status_changed', occasion),
    endSessionsOf(db, id, 'disabled', occasion.now, { provided: isDisabled }),
    deleteOpaqueTokens(db, id, sql`users.status = 'disabled'`),
  ])
  return done.length > 0
}
