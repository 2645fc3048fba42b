// Signing up, and proving the address.

import { and, eq, not, type SQL, sql } from 'drizzle-orm'
import { type Database, isForeignKeyViolation } from '../db.ts'
import { emailKey, emailKeys, normalizeEmail } from '../mail/email-address.ts'
import { enqueue, findFullHour, untilAllowed } from '../mail/outbox.ts'
import { hashPassword } from '../passwords/hashers.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import { findRecorded, recordEvent } from '../security-events.ts'
import type { Settings } from '../settings/parse.ts'
import { valuesOf } from '../statements.ts'
import { assertAllowed, batchThrottled, ThrottledError } from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import type { FieldName } from '../user-model.ts'
import { findUserByLink, requestLink } from './email-links.ts'
import {
  afterPasswordReset,
  type CommonPasswordCheck,
  passwordErrors,
  updatePasswordHash,
} from './password-update.ts'
import { isPendingExpired, pendingDeadline } from './pending-users.ts'
import { violatesUniqueField } from './unique-fields.ts'
import { activationColumns, loginIs, loginKey, matchesLink, normalizeUsername } from './users.ts'

/** What someone signs up with; checked, and not yet normalised. */
export type SignUp = { email?: string; username?: string; password: string } & Partial<
  Pick<User, FieldName>
>

/**
 * Makes the account and queues its mail, in one trip, if the site has room for it (MAIL_HOURLY_LIMIT). `taken`: by
 * another account, perhaps just now.
 * `dangling`: a field refers to what is not there. `duplicate`: another user has the value of a unique field.
 * @throws ThrottledError
 */
export async function signUp(
  db: Database,
  settings: Settings,
  { email: address, username: name, password, ...profile }: SignUp,
  info: RequestInfo,
): Promise<User | 'taken' | 'invalid_reference' | 'duplicate'> {
  const { now } = info
  const { email, username, login } = namesOf(settings, address, name)
  const byEmail = settings.loginField === 'email'
  // The rate is asked in the same trip that writes the account, so a sign-up that it refuses has paid for its hash too.
  const hash = await hashPassword(password, settings.argon2)
  const { attempt, wasAllowed } = await attemptFor(
    db,
    settings,
    'signUp',
    loginKey(settings, login),
    info,
  )
  const status = settings.sendActivationEmail && email ? 'pending' : 'active'
  const row = valuesOf(users, {
    ...profile,
    email,
    emailKey: byEmail ? emailKey(login) : null,
    username,
    password: hash,
    status,
    pendingUntil: status === 'pending' ? pendingDeadline(settings, now) : null,
    dateJoined: now,
  })
  const own = loginIs(settings, login)
  const isMade = and(own, eq(users.password, hash))
  const kind = signUpEmails(settings)
  const maxPerDay = settings.mailDailyLimit
  const findFull = findFullHour(db, kind, settings.mailHourlyLimit, now)
  const hasRoom = sql`(not exists ${findFull} or exists (select 1 from users where ${isMade}))`
  // The unique index compares one key; a row of an earlier version may have the other.
  const isFree = and(wasAllowed, hasRoom, ...(byEmail ? noOldKey(login) : []))
  const insert = db
    .insert(users)
    .select(sql`select ${row} where ${isFree}`)
    // Sent again, it finds its own row: a hash has a random salt.
    .onConflictDoUpdate({
      target: byEmail ? users.emailKey : users.username,
      set: { password: hash },
      setWhere: eq(users.password, hash),
    })
    .returning()

  const makeRoom = db.delete(users).where(and(own, isPendingExpired(settings, now), wasAllowed))
  try {
    const { results, throttle } = await batchThrottled(db, attempt, {
      makeRoom,
      insert,
      findFull,
      queue: kind && enqueue(db, kind, isMade, now, { maxPerDay }),
    })
    assertAllowed(throttle)
    const {
      insert: [made],
      findFull: [full],
    } = results
    if (!made && full) throw new ThrottledError(untilAllowed(full.createdAt, now))
    return made ?? 'taken'
  } catch (error) {
    if (isForeignKeyViolation(error)) return 'invalid_reference'
    if (violatesUniqueField(error)) return 'duplicate'
    throw error
  }
}

/** As they are kept; and the one of them that the user logs in with. */
function namesOf({ loginField }: Settings, address: string | undefined, name: string | undefined) {
  const email = address === undefined ? null : normalizeEmail(address)
  const username = name === undefined ? null : normalizeUsername(name)
  return { email, username, login: (loginField === 'email' ? email : username) ?? '' }
}

const noOldKey = (email: string) =>
  emailKeys(email)
    .slice(1)
    .map((key) => sql`not exists (select 1 from users where email_key = ${key})`)

/** Whether the login name is taken, whatever its normal form. */
export async function loginExists(
  db: Database,
  settings: Settings,
  login: string,
  now: Date,
): Promise<boolean> {
  const normal = settings.loginField === 'email' ? login : normalizeUsername(login)
  const found = await db
    .select({ id: users.id })
    .from(users)
    .where(and(loginIs(settings, normal), not(isPendingExpired(settings, now))))
  return found.length > 0
}

/**
 * Turns a pending account active, once; with the password that its owner has `chosen`, in place of the one from sign-up.
 * @returns which part of the link is wrong, or what is wrong with the password; `active` for an account that is so
 * already; `stale` for one that is disabled or changed meanwhile
 */
export async function activate(
  db: Database,
  settings: Settings,
  link: { uid: string; token: string },
  info: RequestInfo,
  chosen?: { password: string; isCommon: CommonPasswordCheck },
): Promise<'done' | 'uid' | 'token' | 'active' | 'stale' | { weak: string[] }> {
  const user = await findUserByLink(db, settings, 'resend', 'activation', link, info)
  if (typeof user === 'string') return user
  if (user.status !== 'pending') return user.status === 'active' ? 'active' : 'stale'

  const weak = chosen ? await passwordErrors(settings, chosen.password, user, chosen.isCommon) : []
  if (weak.length > 0) return { weak }

  const hash = chosen && (await hashPassword(chosen.password, settings.argon2))
  const isWaiting = and(matchesLink(user), eq(users.status, 'pending'))
  const activating = activationColumns(info.now)
  const own = eq(users.id, user.id)
  const [, [left], , done] = await db.batch([
    hash
      ? updatePasswordHash(db, isWaiting, hash, activating)
      : db.update(users).set(activating).where(isWaiting),
    db.select({ status: users.status }).from(users).where(own),
    ...afterActivation(db, settings, and(own, sql`changes() > 0`), info),
    ...(hash ? afterPasswordReset(db, settings, user.id, hash, info) : []),
  ])
  if (done.length > 0) return 'done'
  return left?.status === 'active' ? 'active' : 'stale'
}

/** What goes with an activation: its event, and a mail where SEND_CONFIRMATION_EMAIL is on. */
export const afterActivation = (
  db: Database,
  { sendConfirmationEmail }: Settings,
  justActivated: SQL | undefined,
  info: RequestInfo,
) =>
  [
    recordEvent(db, { type: 'status_changed', detail: 'active' }, justActivated, info),
    findRecorded(db, 'status_changed', info),
    ...(sendConfirmationEmail ? [enqueue(db, 'confirmation', justActivated, info.now)] : []),
  ] as const

/** Queues a new activation mail for a pending account. */
export const resendActivation = (
  db: Database,
  settings: Settings,
  email: string,
  info: RequestInfo,
) => {
  const state = eq(users.status, 'pending')
  const wanted = { kind: 'activation', scope: 'resend', state, email } as const
  return requestLink(db, settings, wanted, info)
}

function signUpEmails(settings: Settings) {
  if (settings.sendActivationEmail) return 'activation'
  return settings.sendConfirmationEmail ? 'confirmation' : undefined
}
