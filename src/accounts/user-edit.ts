import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type Database, isForeignKeyViolation } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'
import { notifyOldAddress, requestEmailChange } from './email-change.ts'
import { violatesUniqueField } from './unique-fields.ts'
import type { UserColumns } from './users.ts'

/**
 * Deletes an account and all that hangs on it, if the caller's password is still the one compared.
 * @returns whether it is gone
 */
export async function deleteUser(
  db: Database,
  id: number,
  caller: User,
  extraWrites: BatchItem<'sqlite'>[],
): Promise<boolean> {
  const own = eq(users.id, id)
  const [, left] = await db.batch([
    db.delete(users).where(and(own, callerUnchanged(caller))),
    db.select({ id: users.id }).from(users).where(own),
    ...extraWrites,
  ])
  return left.length === 0
}

/** SQL: the caller is still active, and the password the one that was compared. */
const callerUnchanged = (
  caller: User,
) => sql`exists (select 1 from users caller where caller.id = ${caller.id}
    and caller.password = ${caller.password} and caller.status = 'active')`
type UserChanges = Partial<Pick<User, FieldName | 'email'>>

interface UserEdit {
  changes: UserChanges
  caller: User
  /** The fields among the changes that only staff may write, for the event. */
  staffFields: string[]
  /** What else is written. */
  extraWrites: BatchItem<'sqlite'>[]
}

export const changesEmail = ({ email }: User, changes: UserChanges) =>
  changes.email !== undefined && changes.email !== (email ?? '')

/**
 * Writes the fields that a caller may edit. With EMAIL_CHANGE_CONFIRMATION the caller's password was compared before
 * another address, and an active user's address changes once it is proven.
 * @returns `dangling` if a field refers to a row that does not exist; `changed` if the caller or the user is no longer
 * what was compared; `duplicate` if another user has the value of a unique field
 */
export async function updateUser(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | 'invalid_reference' | 'duplicate' | 'changed' | undefined> {
  if (Object.keys(edit.changes).length === 0) return user
  const isGuarded = settings.emailChangeConfirmation && changesEmail(user, edit.changes)
  const isAsked = isGuarded && edit.changes.email && user.status === 'active'
  const change = isAsked ? requestNewEmail : applyEdit
  try {
    const updated = await change(db, settings, user, edit, info)
    return updated ?? (isGuarded ? 'changed' : undefined)
  } catch (error) {
    return editFailure(error)
  }
}

function editFailure(error: unknown): 'invalid_reference' | 'duplicate' {
  if (isForeignKeyViolation(error)) return 'invalid_reference'
  if (violatesUniqueField(error)) return 'duplicate'
  throw error
}

/** Writes the other fields, and asks the new address for its proof. */
async function requestNewEmail(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | undefined> {
  const { email: wanted, ...set } = edit.changes
  const email = wanted ?? ''
  const own = eq(users.id, user.id)
  const where = and(own, eq(users.status, 'active'), callerUnchanged(edit.caller))
  const isWritten = and(own, eq(users.newEmail, email))
  const extraWrites = [...edit.extraWrites, ...staffEditEvent(db, user, edit, isWritten, info)]
  const asked = { email, where, set, extraWrites }
  return (await requestEmailChange(db, settings, user, asked, info.now)).user
}

/** What only staff may write is recorded, for the owner to see. */
function staffEditEvent(
  db: Database,
  user: User,
  { caller, staffFields }: UserEdit,
  where: SQL | undefined,
  info: RequestInfo,
) {
  const type = 'account_edited'
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const detail = staffFields.join(',')
  return staffFields.length > 0 ? [recordEvent(db, { type, detail, ...by }, where, info)] : []
}

/**
 * Writes the fields at once. With SEND_ACTIVATION_EMAIL another address must be proven: the account waits for the mail
 * that goes there, and older links end.
 */
async function applyEdit(
  db: Database,
  settings: Settings,
  user: User,
  edit: UserEdit,
  info: RequestInfo,
): Promise<User | undefined> {
  const { changes, caller, extraWrites } = edit
  const { email } = changes
  const own = eq(users.id, user.id)
  const isOther = changesEmail(user, changes)
  const isGuarded = settings.emailChangeConfirmation && isOther
  const mustProve = settings.sendActivationEmail && email ? statusAfterEmailChange(email) : {}
  const update = db
    .update(users)
    .set({ ...changes, ...mustProve, ...(isOther && { emailVerifiedAt: null }) })
    .where(isGuarded ? and(own, eq(users.status, user.status), callerUnchanged(caller)) : own)
    .returning()
  const pending = and(own, eq(users.status, 'pending'))
  const maxPerDay = settings.mailDailyLimit
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const edited = { type: 'email_changed', detail: 'edited', ...by } as const
  const waits = { type: 'status_changed', detail: 'pending', ...by } as const
  const isChanged = isOther ? and(own, sql`${users.email} is ${email}`) : undefined
  const [[updated]] = await db.batch([
    update,
    ...(isOther
      ? [
          recordEvent(db, edited, isChanged, info),
          ...notifyOldAddress(db, settings, user, email ?? null, info),
        ]
      : []),
    ...(isOther && user.status === 'active' ? [recordEvent(db, waits, pending, info)] : []),
    ...staffEditEvent(db, user, edit, own, info),
    ...(settings.sendActivationEmail
      ? [enqueue(db, 'activation', pending, info.now, { maxPerDay })]
      : []),
    ...extraWrites,
  ])
  return updated
}

/** SQL: an active user whose address changes waits for its proof; a disabled one does once staff enable the account. */
const statusAfterEmailChange = (email: string): UserColumns => {
  const isOther = sql`${users.email} is not ${email}`
  return {
    status: sql`case when ${users.status} = 'active' and ${isOther} then 'pending' else ${users.status} end`,
    disabledFrom: sql`case when ${users.status} = 'disabled' and ${isOther} then 'pending'
      else ${users.disabledFrom} end`,
  }
}
