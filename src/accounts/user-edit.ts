// Edits and deletes an account. login-field.ts writes a new login.

import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { enqueueRequested } from '../mail/outbox.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, type UserIds, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type Statement } from '../statements.ts'
import type { FieldName } from '../user-model.ts'
import { notifyOldAddress, requestEmailChange } from './email-change.ts'
import { violatedConstraint } from './unique-fields.ts'
import { type ComparedPassword, passwordUnchanged, type UserColumns } from './users.ts'

/**
 * Deletes an account with everything that refers to it. An owner's deletion requires that the password is still the one that
 * was compared.
 * @returns whether the account is gone
 */
export async function deleteUser(
  db: Database,
  user: UserIds,
  caller: Pick<User, 'id'>,
  { before, isUnchanged, after }: ComparedPassword,
): Promise<boolean> {
  noteWrite(db, user)
  const own = eq(users.id, user.id)
  const { left } = await batch(db, {
    before,
    deletion: db.delete(users).where(and(own, caller.id === user.id ? isUnchanged : undefined)),
    left: db.select({ id: users.id }).from(users).where(own),
    after,
  })
  return left.length === 0
}

/**
 * A condition on `users`: the owner is still active, and their password is the one that was compared. Staff are not in this
 * batch: a batch touches the rows of one user (docs/decisions/040).
 */
const ownerUnchanged = (userId: number, caller: User) =>
  caller.id === userId ? passwordUnchanged(caller) : undefined

type UserChanges = Partial<Pick<User, FieldName | 'email'>>

interface UserEdit {
  changes: UserChanges
  caller: User
  /** The changed fields that only staff may write, for the event. */
  staffFields: string[]
  /** What else the batch writes. */
  extraWrites: Statement[]
}

export const changesEmail = ({ email }: User, changes: UserChanges) =>
  changes.email !== undefined && changes.email !== (email ?? '')

/**
 * Writes the fields that a caller may edit. With EMAIL_CHANGE_CONFIRMATION, a new address requires that the caller's password
 * was compared before, and the address of an active user changes only when it is confirmed.
 * @returns the user as written; `invalid_reference` if a field refers to a row that does not exist; `changed` if the
 * caller or the user changed since the comparison; `duplicate` if another user has the value of a unique field;
 * undefined if the user does not exist any more
 */
export async function updateUser(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | 'invalid_reference' | 'duplicate' | 'changed' | undefined> {
  if (Object.keys(edit.changes).length === 0) return user
  noteWrite(db, user)
  const isGuarded = settings.emailChangeConfirmation && changesEmail(user, edit.changes)
  const mustConfirm = isGuarded && edit.changes.email && user.status === 'active'
  const write = mustConfirm ? writeAndRequestEmail : writeAll
  try {
    const updated = await write(db, settings, user, edit, info)
    return updated ?? (isGuarded ? 'changed' : undefined)
  } catch (error) {
    return violatedConstraint(error)
  }
}

/** Writes every field but the email, and asks the user to confirm the new address. */
async function writeAndRequestEmail(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | undefined> {
  const { email: newEmail, ...set } = edit.changes
  const email = newEmail ?? ''
  const own = eq(users.id, user.id)
  const where = and(own, eq(users.status, 'active'), ownerUnchanged(user.id, edit.caller))
  const isWritten = and(own, eq(users.newEmail, email))
  const after = [...edit.extraWrites, ...staffEditEvent(db, user, edit, isWritten, info)]
  const request = { email, where, set, after }
  return (await requestEmailChange(db, settings, user, request, info.now)).user
}

/**
 * Writes every field at once. With SEND_ACTIVATION_EMAIL the user must confirm another address: the account is pending
 * until then. Older links sign the old address, so they become invalid.
 */
async function writeAll(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | undefined> {
  const { changes, caller } = edit
  const { email } = changes
  const own = eq(users.id, user.id)
  const isOther = changesEmail(user, changes)
  const isGuarded = settings.emailChangeConfirmation && isOther
  const mustProve = settings.sendActivationEmail && email ? statusAfterEmailChange(email) : {}
  const { update } = await batch(db, {
    update: db
      .update(users)
      .set({ ...changes, ...mustProve, ...(isOther && { emailVerifiedAt: null }) })
      .where(
        isGuarded ? and(own, eq(users.status, user.status), ownerUnchanged(user.id, caller)) : own,
      )
      .returning(),
    emailEvents: isOther ? emailChangeEvents(db, settings, user, edit, info) : [],
    staffEvent: staffEditEvent(db, user, edit, own, info),
    activation: settings.sendActivationEmail
      ? enqueueRequested(db, 'activation', isPending(user), info.now, {
          maxPerDay: settings.mailDailyLimit,
        })
      : undefined,
    extraWrites: edit.extraWrites,
  })
  return update[0]
}

const isPending = ({ id }: User) => and(eq(users.id, id), eq(users.status, 'pending'))

/** Records a change of the address, and of the status if it changed too. Queues a notice to the old address. */
function emailChangeEvents(
  db: Database,
  settings: Settings,
  user: User,
  { changes: { email = null }, caller }: UserEdit,
  info: RequestInfo,
): Statement[] {
  const actorId = actorOf(caller, user)
  const isChanged = and(eq(users.id, user.id), sql`${users.email} is ${email}`)
  const changed = { type: 'email_changed', detail: 'edited', actorId } as const
  const pending = { type: 'status_changed', detail: 'pending', actorId } as const
  const notice = notifyOldAddress(db, settings, user, info)
  return [
    recordEvent(db, changed, isChanged, info),
    ...(notice ? [notice] : []),
    ...(user.status === 'active' ? [recordEvent(db, pending, isPending(user), info)] : []),
  ]
}

/** Records for the owner that staff wrote fields that only staff may write. */
function staffEditEvent(
  db: Database,
  user: User,
  { caller, staffFields }: UserEdit,
  where: SQL | undefined,
  info: RequestInfo,
): Statement[] {
  if (staffFields.length === 0) return []
  const detail = staffFields.join(',')
  const event = { type: 'account_edited', detail, actorId: actorOf(caller, user) } as const
  return [recordEvent(db, event, where, info)]
}

const actorOf = (caller: User, user: User) => (caller.id === user.id ? undefined : caller.id)

/** The status after an address change: an active user becomes pending, and a disabled one will be once enabled. */
const statusAfterEmailChange = (email: string): UserColumns => {
  const isOther = sql`${users.email} is not ${email}`
  return {
    status: sql`case when ${users.status} = 'active' and ${isOther} then 'pending' else ${users.status} end`,
    disabledFrom: sql`case when ${users.status} = 'disabled' and ${isOther} then 'pending'
      else ${users.disabledFrom} end`,
  }
}
