// Activates a pending account by the link that was mailed to its address, and mails that link again.

import { and, eq, type SQL } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { enqueueNotice } from '../mail/outbox.ts'
import { hashPassword } from '../passwords/hashers.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, previousStatementWrote, type Statement } from '../statements.ts'
import { type LinkParts, requestLink, useLink } from './email-links.ts'
import {
  afterPasswordReset,
  type CommonPasswordCheck,
  passwordErrors,
  updatePasswordHash,
} from './password-update.ts'
import { activationColumns } from './users.ts'

/**
 * Activates a pending account, once. A password that its owner has `chosen` replaces the one from sign-up.
 * @returns `uid` or `token` for the part of the link that is wrong; `weak` with the errors of the password; `active`
 * for an account that is active already; `stale` for one that is disabled or has changed by now
 */
export const activate = (
  db: Database,
  settings: Settings,
  link: LinkParts,
  info: RequestInfo,
  chosen?: ChosenPassword,
): Promise<ActivationOutcome | 'uid' | 'token'> =>
  useLink(db, settings, { purpose: 'activation', ...link }, info, (user, isUnchanged) =>
    activateUser(db, settings, { user, isUnchanged, chosen }, info),
  )

interface ChosenPassword {
  password: string
  isCommon: CommonPasswordCheck
}

type ActivationOutcome = 'done' | 'active' | 'stale' | { weak: string[] }

interface Activation {
  user: User
  /** A condition on `users`: everything that the link signs is unchanged. */
  isUnchanged: SQL | undefined
  chosen: ChosenPassword | undefined
}

async function activateUser(
  db: Database,
  settings: Settings,
  { user, isUnchanged, chosen }: Activation,
  info: RequestInfo,
): Promise<ActivationOutcome> {
  if (user.status !== 'pending') return user.status === 'active' ? 'active' : 'stale'

  const weak = chosen ? await passwordErrors(settings, chosen.password, user, chosen.isCommon) : []
  if (weak.length > 0) return { weak }

  const hash = chosen && (await hashPassword(chosen.password, settings.argon2))
  const isPending = and(isUnchanged, eq(users.status, 'pending'))
  const columns = activationColumns(info.now)
  const own = eq(users.id, user.id)
  const { row, recorded } = await batch(db, {
    update: hash
      ? updatePasswordHash(db, isPending, hash, columns)
      : db.update(users).set(columns).where(isPending),
    row: db.select({ status: users.status }).from(users).where(own),
    effects: afterActivation(db, settings, and(own, previousStatementWrote), info),
    recorded: findRecorded(db, 'status_changed', info),
    password: hash ? afterPasswordReset(db, settings, { userId: user.id, hash }, info) : [],
  })
  if (recorded.length > 0) return 'done'
  return row[0]?.status === 'active' ? 'active' : 'stale'
}

/** What follows an activation: its event, and an email with SEND_CONFIRMATION_EMAIL. */
export const afterActivation = (
  db: Database,
  { sendConfirmationEmail }: Settings,
  justActivated: SQL | undefined,
  info: RequestInfo,
): Statement[] => [
  recordEvent(db, { type: 'status_changed', detail: 'active' }, justActivated, info),
  ...(sendConfirmationEmail ? [enqueueNotice(db, 'confirmation', justActivated, info.now)] : []),
]

/** Queues a new activation email for a pending account. */
export const resendActivation = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => {
  const state = eq(users.status, 'pending')
  return requestLink(db, settings, { kind: 'activation', state, email }, info)
}
