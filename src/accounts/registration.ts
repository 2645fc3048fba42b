// Creates accounts at sign-up, queues their mail, and limits both.

import { and, eq, not, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import type { NewAccount, SignUpDecision } from '../hooks.ts'
import { emailKey, emailKeys, normalizeEmail } from '../mail/email-address.ts'
import { enqueueRequested, findFullHour, untilAllowed } from '../mail/outbox.ts'
import { hashPassword } from '../passwords/hashers.ts'
import { noteWrite } from '../replicas.ts'
import type { RequestInfo } from '../request-info.ts'
import { type User, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { insertWhere, userExists, valuesOf } from '../statements.ts'
import {
  assertAllowed,
  batchThrottled,
  ThrottledError,
  wasAllowed,
} from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import type { FieldName } from '../user-model.ts'
import { isPendingExpired, pendingDeadline } from './pending-users.ts'
import { violatedConstraint } from './unique-fields.ts'
import { loginIs, loginKey, normalizeUsername } from './users.ts'

/** The fields of a sign-up, validated but not yet normalized. */
export type SignUp = {
  /** An unused id, if one was reserved before the row is written. Otherwise the row gets the next id. */
  id?: number
  email?: string
  username?: string
  password: string
} & Partial<Pick<User, FieldName>>

/** Why no account was made, although the fields are valid. */
export type SignUpFailure = 'taken' | 'unmet_condition' | 'invalid_reference' | 'duplicate'

/**
 * Creates the account and queues its mail in one round trip, if the site's MAIL_HOURLY_LIMIT allows it.
 * @param accepted what the deployer's hook decided
 * @returns `taken` if another account has the login, perhaps since a moment ago; `unmet_condition` if the hook's condition
 * does not hold; `invalid_reference` if a field refers to a missing row; `duplicate` if another user has the value of a unique
 * field
 * @throws ThrottledError
 */
export async function signUp(
  db: Database,
  settings: Settings,
  sent: SignUp,
  info: RequestInfo,
  accepted: Pick<SignUpDecision, 'onlyIf' | 'statements'> = {},
): Promise<User | SignUpFailure> {
  const { now } = info
  const { login, ...names } = normalizeNames(settings, sent)
  // The attempt is counted in the round trip that writes the account, so a sign-up over the rate costs a hash as well.
  const hash = await hashPassword(sent.password, settings.argon2)
  const key = loginKey(settings, login)
  const attempt = await attemptFor(db, settings, 'signUp', key, info)
  const own = loginIs(settings, login)
  const isMade = and(own, eq(users.password, hash))
  const kind = signUpMail(settings)
  const findFull = findFullHour(db, kind, settings.mailHourlyLimit, now)
  const hasRoom = sql`(not exists ${findFull} or exists (select 1 from users where ${isMade}))`
  const byEmail = settings.loginField === 'email'
  const isMet = conditionOf(accepted, isMade)
  const where = and(wasAllowed(attempt), hasRoom, isMet, ...(byEmail ? hasNoOldKey(login) : []))
  const row = { ...sent, ...newAccount(settings, names, now), password: hash }
  const insert = insertAccount(db, settings, row, where)
  const makeRoom = db
    .delete(users)
    .where(and(own, isPendingExpired(settings, now), wasAllowed(attempt), isMet))
  const maxPerDay = settings.mailDailyLimit
  try {
    const { results, throttle } = await batchThrottled(db, attempt, {
      makeRoom,
      unmet:
        isMet &&
        db.select({ unmet: sql`1` }).from(sql`(select 1)`).where(sql`${isMet} is not true`),
      insert,
      findFull,
      queue: kind && enqueueRequested(db, kind, isMade, now, { maxPerDay }),
      ofHook: accepted.statements?.(newAccountOf(db, isMade)),
    })
    assertAllowed(throttle)
    const [made] = results.insert
    const [full] = results.findFull
    if (!made && full) throw new ThrottledError(untilAllowed(full.createdAt, now))
    if (made) noteWrite(db, made)
    return made ?? (results.unmet?.length ? 'unmet_condition' : 'taken')
  } catch (error) {
    return violatedConstraint(error)
  }
}

/** SQL: whether the condition of the deployer's hook holds, or held when this request first made the account. */
const conditionOf = ({ onlyIf }: Pick<SignUpDecision, 'onlyIf'>, isMade: SQL | undefined) =>
  onlyIf && sql`(${onlyIf.condition} or ${userExists(isMade)})`

const newAccountOf = (db: Database, isMade: SQL | undefined): NewAccount => ({
  id: sql<number>`(select id from users where ${isMade})`,
  exists: userExists(isMade),
  insert: (table, row) => insertWhere(db, table, row, isMade).onConflictDoNothing(),
})

interface Names {
  email: string | null
  username: string | null
}

/** Email and username as they are stored, and the one of them that the user logs in with. */
function normalizeNames(
  { loginField }: Settings,
  { email: address, username: name }: SignUp,
): Names & { login: string } {
  const email = address === undefined ? null : normalizeEmail(address)
  const username = name === undefined ? null : normalizeUsername(name)
  return { email, username, login: (loginField === 'email' ? email : username) ?? '' }
}

type NewUser = typeof users.$inferInsert

/** The columns of a new account that do not come from its fields. */
function newAccount(
  settings: Settings,
  { email, username }: Names,
  now: Date,
): Omit<NewUser, 'password'> {
  const isPending = settings.sendActivationEmail && email
  return {
    uuid: crypto.randomUUID(),
    email,
    emailKey: settings.loginField === 'email' ? emailKey(email ?? '') : null,
    username,
    status: isPending ? 'pending' : 'active',
    pendingUntil: isPending ? pendingDeadline(settings, now) : null,
    dateJoined: now,
  }
}

/**
 * Inserts the account. If the same request is sent again, the statement returns the row that it inserted: no other row has
 * this hash, because each hash has a random salt.
 */
const insertAccount = (db: Database, { loginField }: Settings, row: NewUser, where?: SQL) =>
  db
    .insert(users)
    .select(sql`select ${valuesOf(users, row)} where ${where}`)
    .onConflictDoUpdate({
      target: loginField === 'email' ? users.emailKey : users.username,
      set: { password: row.password },
      setWhere: eq(users.password, row.password),
    })
    .returning()

/** A row of an earlier version may have another key for this address, which the unique index does not compare. */
const hasNoOldKey = (email: string) =>
  emailKeys(email)
    .slice(1)
    .map((key) => sql`not exists (select 1 from users where email_key = ${key})`)

function signUpMail(settings: Settings) {
  if (settings.sendActivationEmail) return 'activation'
  return settings.sendConfirmationEmail ? 'confirmation' : undefined
}

/** Whether an account has the login, whatever its normal form. A pending account that has expired does not count. */
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
