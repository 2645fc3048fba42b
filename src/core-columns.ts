// The columns that every account has, whatever the deployer's user model adds. Times are milliseconds since 1970 in SQL
// and `Date` in code.

import { integer, text } from 'drizzle-orm/sqlite-core'
export const time = (name: string) => integer(name, { mode: 'timestamp_ms' })
export const flag = (name: string) => integer(name, { mode: 'boolean' }).notNull().default(false)

/** What an account is, whatever the deployer's own model adds. */
export const coreColumns = {
  /** Given before the row is written, or by SQLite. An id is never given out twice. */
  id: integer('id').primaryKey({ autoIncrement: true }),
  /** Reserved for a primary key on the wire that is no number; NULL. */
  uuid: text('uuid').unique(),
  email: text('email'),
  /** `emailKey(email)` where people log in by e-mail, so that an address is unique; NULL elsewhere. */
  emailKey: text('email_key').unique(),
  /** Asked for and not proven yet (EMAIL_CHANGE_CONFIRMATION). */
  newEmail: text('new_email'),
  username: text('username').unique(),
  /** As Django encodes it: `argon2$argon2id$v=19$…`. */
  password: text('password').notNull(),
  /** `pending` may be activated by mail, `disabled` by staff alone. */
  status: text('status', { enum: ['pending', 'active', 'disabled'] }).notNull(),
  isStaff: flag('is_staff'),
  isSuperuser: flag('is_superuser'),
  /** Ends the tokens that have no session; imported users start at 0. */
  tokenVersion: integer('token_version').notNull().default(1),
  lastLogin: time('last_login'),
  dateJoined: time('date_joined').notNull(),
  /** When the user last proved that they read mail to `email`; NULL for an address that nobody proved. */
  emailVerifiedAt: time('email_verified_at'),
  /** Part of every mailed link: disabling and used links raise it, and links of earlier versions end. */
  linkVersion: integer('link_version').notNull().default(0),
  /** The status that a disabled account returns to when staff enable it; NULL unless it is disabled. */
  disabledFrom: text('disabled_from', { enum: ['pending', 'active'] }),
  /** Set at sign-up: an account that is still pending at this time is deleted (PENDING_USER_RETENTION). */
  pendingUntil: time('pending_until'),
  /** Whether a login here replaced an imported hash, over which Django computed its revoke claims. */
  rehashed: flag('rehashed'),
}
