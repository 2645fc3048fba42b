// The columns of every account, whatever the deployer's user model adds. Times are milliseconds since 1970 in SQL and `Date`
// in code.

import { integer, text } from 'drizzle-orm/sqlite-core'

export const time = (name: string) => integer(name, { mode: 'timestamp_ms' })
export const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false)

export const coreColumns = {
  /** Set by the code that writes the row, or by SQLite. No id is used twice. */
  id: integer('id').primaryKey({ autoIncrement: true }),
  /** The id that clients see with USER_PK = "uuid". An earlier version left it NULL; the cron then fills it. */
  uuid: text('uuid').unique(),
  email: text('email'),
  /** `emailKey(email)` if the login field is the email, so that an address is unique; NULL otherwise. */
  emailKey: text('email_key').unique(),
  /** The address that the user asked for, until they confirm it (EMAIL_CHANGE_CONFIRMATION). */
  newEmail: text('new_email'),
  username: text('username').unique(),
  /** The hash in Django's encoding: `argon2$argon2id$v=19$…`. */
  password: text('password').notNull(),
  /** An emailed link activates a `pending` user. Only staff enable a `disabled` one. */
  status: text('status', { enum: ['pending', 'active', 'disabled'] }).notNull(),
  isStaff: flag('is_staff'),
  isSuperuser: flag('is_superuser'),
  /** A new version ends the tokens that have no session. Imported users start at 0. */
  tokenVersion: integer('token_version').notNull().default(1),
  lastLogin: time('last_login'),
  dateJoined: time('date_joined').notNull(),
  /** When the user last proved that they read mail to `email`; NULL if they never did. */
  emailVerifiedAt: time('email_verified_at'),
  /** Signed into every emailed link. Disabling the account and using a link raise it, so that older links end. */
  linkVersion: integer('link_version').notNull().default(0),
  /** The status that a disabled account returns to when staff enable it; NULL unless disabled. */
  disabledFrom: text('disabled_from', { enum: ['pending', 'active'] }),
  /** Set at sign-up. An account that is still pending at this time is deleted (PENDING_USER_RETENTION). */
  pendingUntil: time('pending_until'),
  /** Whether a login here replaced an imported hash, from which Django computed its revoke claims. */
  rehashed: flag('rehashed'),
}
