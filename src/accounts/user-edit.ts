import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { type Database, isForeignKeyViolation } from '../db.ts'
import { enqueue } from '../mail/outbox.ts'
import { type User, users } from '../schema.ts'
import { note, type Occasion } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import type { ProfileName } from '../user-model.ts'
import { noticeToOld, requestEmailChange } from './email-change.ts'
import { isDuplicate } from './unique-fields.ts'
import type { Columns } from './users.ts'

/**
 * Deletes an account and all that hangs on it, if the caller's password is still the one compared.
 * @returns whether it is gone
 */
export async function deleteUser(
  db: Database,
  id: number,
  caller: User,
  also: BatchItem<'sqlite'>[],
): Promise<boolean> {
  const own = eq(users.id, id)
  const [, left] = await db.batch([
    db.delete(users).where(and(own, isSame(caller))),
    db.select({ id: users.id }).from(users).where(own),
    ...also,
  ])
  return left.length === 0
}

/** SQL: the caller is still active, and the password the one that was compared. */
const isSame = (
  caller: User,
) => sql`exists (select 1 from users caller where caller.id = ${caller.id}
    and caller.password = ${caller.password} and caller.status = 'active')`
type Changes = Partial<Pick<User, ProfileName | 'email'>>

interface Edit {
  changes: Changes
  caller: User
  /** The fields among the changes that only staff may write, for the event. */
  staffs: string[]
  /** What else is written. */
  also: BatchItem<'sqlite'>[]
}

export const hasOtherEmail = ({ email }: User, changes: Changes) =>
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
  edit: Edit,
  occasion: Occasion,
): Promise<User | 'dangling' | 'duplicate' | 'changed' | undefined> {
  if (Object.keys(edit.changes).length === 0) return user
  const isGuarded = settings.emailChangeConfirmation && hasOtherEmail(user, edit.changes)
  const isAsked = isGuarded && edit.changes.email && user.status === 'active'
  const change = isAsked ? askForEmail : writeAtOnce
  try {
    const updated = await change(db, settings, user, edit, occasion)
    return updated ?? (isGuarded ? 'changed' : undefined)
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): 'dangling' | 'duplicate' {
  if (isForeignKeyViolation(error)) return 'dangling'
  if (isDuplicate(error)) return 'duplicate'
  throw error
}

/** Writes the other fields, and asks the new address for its proof. */
async function askForEmail(
  db: Database,
  settings: Settings,
  user: User,
  edit: Edit,
  occasion: Occasion,
): Promise<User | undefined> {
  const { email: wanted, ...set } = edit.changes
  const email = wanted ?? ''
  const own = eq(users.id, user.id)
  const who = and(own, eq(users.status, 'active'), isSame(edit.caller))
  const isWritten = and(own, eq(users.newEmail, email))
  const also = [...edit.also, ...eventOfStaff(db, user, edit, isWritten, occasion)]
  const asked = { email, who, set, also }
  return (await requestEmailChange(db, settings, user, asked, occasion.now)).user
}

/** What only staff may write is recorded, for the owner to see. */
function eventOfStaff(
  db: Database,
  user: User,
  { caller, staffs }: Edit,
  who: SQL | undefined,
  occasion: Occasion,
) {
  const kind = 'account_edited'
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const detail = staffs.join(',')
  return staffs.length > 0 ? [note(db, { kind, detail, ...by }, who, occasion)] : []
}

/**
 * Writes the fields at once. With SEND_ACTIVATION_EMAIL another address must be proven: the account waits for the mail
 * that goes there, and older links end.
 */
async function writeAtOnce(
  db: Database,
  settings: Settings,
  user: User,
  edit: Edit,
  occasion: Occasion,
): Promise<User | undefined> {
  const { changes, caller, also } = edit
  const { email } = changes
  const own = eq(users.id, user.id)
  const isOther = hasOtherEmail(user, changes)
  const isGuarded = settings.emailChangeConfirmation && isOther
  const mustProve = settings.sendActivationEmail && email ? statusAfter(email) : {}
  const update = db
    .update(users)
    .set({ ...changes, ...mustProve, ...(isOther && { emailVerifiedAt: null }) })
    .where(isGuarded ? and(own, eq(users.status, user.status), isSame(caller)) : own)
    .returning()
  const pending = and(own, eq(users.status, 'pending'))
  const mostADay = settings.mailDailyLimit
  const by = caller.id === user.id ? {} : { actorId: caller.id }
  const edited = { kind: 'email_changed', detail: 'edited', ...by } as const
  const waits = { kind: 'status_changed', detail: 'pending', ...by } as const
  const isChanged = isOther ? and(own, sql`${users.email} is ${email}`) : undefined
  const [[updated]] = await db.batch([
    update,
    ...(isOther
      ? [
          note(db, edited, isChanged, occasion),
          ...noticeToOld(db, settings, user, email ?? null, occasion),
        ]
      : []),
    ...(isOther && user.status === 'active' ? [note(db, waits, pending, occasion)] : []),
    ...eventOfStaff(db, user, edit, own, occasion),
    ...(settings.sendActivationEmail
      ? [enqueue(db, 'activation', pending, occasion.now, { mostADay })]
      : []),
    ...also,
  ])
  return updated
}

/** SQL: an active user whose address changes waits for its proof; a disabled one does once staff enable the account. */
const statusAfter = (email: string): Columns => {
  const isOther = sql`${users.email} is not ${email}`
  return {
    status: sql`case when ${users.status} = 'active' and ${isOther} then 'pending' else ${users.status} end`,
    disabledFrom: sql`case when ${users.status} = 'disabled' and ${isOther} then 'pending'
      else ${users.disabledFrom} end`,
  }
}
