// Disabling and enabling an account, which only staff may do.

import { and, eq, ne, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { cancelPendingLinks } from '../mail/outbox.ts'
import type { NamedUser } from '../public-id.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'
import { revokeSessionsOf } from '../sessions/sessions.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote } from '../statements.ts'
import { pendingDeadline } from './pending-users.ts'
import { type Caller, invalidatesLinks, type UserColumns } from './users.ts'

interface StatusChange {
  user: NamedUser
  status: 'active' | 'disabled'
}

/**
 * Disables an account, or enables it again. Disabling revokes its sessions and keys, and invalidates its tokens and mailed
 * links. Enabling restores the earlier status, so that a pending account is pending again.
 * @returns false if the account has that status already, does not exist, or belongs to a superuser and the caller is none
 */
export async function setStatus(
  db: Database,
  settings: Settings,
  caller: Caller,
  { user: { id, publicId }, status }: StatusChange,
  info: RequestInfo,
): Promise<boolean> {
  noteWrite(db, publicId)
  const own = eq(users.id, id)
  const isDisabled = sql`users.status = 'disabled'`
  const isOther = status === 'disabled' ? ne(users.status, status) : eq(users.status, 'disabled')
  const isReachable = caller.isSuperuser ? undefined : eq(users.isSuperuser, false)
  const newStatus = sql`users.status`
  const event = { type: 'status_changed', detail: newStatus, actorId: caller.id } as const
  const { recorded } = await batch(db, {
    update: db
      .update(users)
      .set(status === 'disabled' ? disabling : enabling(settings, info.now))
      .where(and(own, isOther, isReachable)),
    event: recordEvent(db, event, and(own, previousStatementWrote), info),
    recorded: findRecorded(db, 'status_changed', info),
    sessions: revokeSessionsOf(db, id, 'disabled', info.now, {
      provided: sql`${isDisabled} and ${previousStatementWrote}`,
    }),
    authtokens: deleteAuthtokens(db, id, isDisabled),
    links: cancelPendingLinks(db, id, isDisabled),
  })
  return recorded.length > 0
}

// In an update, SQLite reads every column as it was before the update.
const disabling: UserColumns = {
  ...invalidatesLinks,
  status: 'disabled',
  disabledFrom: sql`${users.status}`,
  tokenVersion: sql`${users.tokenVersion} + 1`,
}

// Disabling invalidated the links, so the deadline of a pending account starts again.
const enabling = (settings: Settings, now: Date): UserColumns => ({
  status: sql`coalesce(${users.disabledFrom}, 'active')`,
  disabledFrom: null,
  pendingUntil: sql`iif(${users.pendingUntil} is null, null, ${pendingDeadline(settings, now)?.getTime() ?? null})`,
})
