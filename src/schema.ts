// The tables. Migrations may only add: to rebuild a table, D1 drops it, and deletes the rows that refer to it
// (docs/decisions/035). Times are milliseconds since 1970 in SQL and `Date` in code.

import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { time } from './core-columns.ts'
import { users } from './users-table.ts'

export * from './users-table.ts'

/** One row for each login. `refresh_counter` and `refreshed_at` are in no index, so that a refresh writes one row. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** How often the refresh token was rotated. A refresh token carries the value at which it was issued. */
    refreshCounter: integer('refresh_counter').notNull().default(0),
    createdAt: time('created_at').notNull(),
    refreshedAt: time('refreshed_at').notNull(),
    /** The absolute end (SESSION_MAX_LIFETIME); NULL for none. The sliding end is the `exp` of the refresh token. */
    expiresAt: time('expires_at'),
    revokedAt: time('revoked_at'),
    revokeReason: text('revoke_reason', {
      enum: [
        'blacklisted',
        'reuse',
        'password_changed',
        'password_reset',
        'logged_out',
        'user',
        'session_limit',
        'disabled',
      ],
    }),
    userAgent: text('user_agent'),
    ip: text('ip'),
    country: text('country'),
    /** The network of `ip` (`networkOf`); NULL if the address is unknown. */
    network: text('network'),
    /** Reserved for reauthentication: when the user last authenticated. Always NULL today, which means `created_at`. */
    authenticatedAt: time('authenticated_at'),
    /** Reserved for other ways to authenticate (RFC 8176). Always NULL today, which means by password. */
    amr: text('amr'),
    /** When the refresh token was last used, rotated or not; NULL until then. */
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    index('sessions_user_id').on(table.userId),
    index('sessions_created_at').on(table.createdAt),
  ],
)

/**
 * Keys of DRF's authtoken. No row holds a key: Gatehouse computes it again from user and nonce, and finds its row by the
 * hash. An imported key has no nonce.
 */
export const authTokens = sqliteTable(
  'auth_tokens',
  {
    /** SHA-256 of the key, in hexadecimal. */
    hash: text('hash').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    nonce: text('nonce'),
    createdAt: time('created_at').notNull(),
  },
  (table) => [
    index('auth_tokens_user_id').on(table.userId),
    uniqueIndex('auth_tokens_made').on(table.userId).where(sql`${table.nonce} is not null`),
  ],
)

/**
 * The denylist of tokens without a session: sliding tokens and drf-jwt's tokens, by the id of the first token of their
 * family. It also holds Django's refresh tokens that were exchanged for a session.
 */
export const revokedTokens = sqliteTable(
  'revoked_tokens',
  {
    jti: text('jti').primaryKey(),
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    tokenType: text('token_type', { enum: ['sliding', 'drf-jwt', 'refresh'] }).notNull(),
    /** When the last token of the family expires. After that the row may be deleted. */
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at').notNull(),
  },
  (table) => [
    index('revoked_tokens_user_id').on(table.userId),
    index('revoked_tokens_expires_at').on(table.expiresAt),
  ],
)

/** What happened to an account, for its owner and staff. */
export const securityEvents = sqliteTable(
  'security_events',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type', {
      enum: [
        'login',
        'login_failed',
        'refresh_reused',
        'password_changed',
        'email_changed',
        'username_changed',
        'session_revoked',
        'token_blacklisted',
        'status_changed',
        'account_edited',
        'rights_changed',
        'impersonated',
      ],
    }).notNull(),
    detail: text('detail'),
    /** Not a reference, because the row outlives the session. */
    sessionId: text('session_id'),
    /** The user that caused the event, if not the owner; 0 for an operator. Not a reference, for the same reason. */
    actorId: integer('actor_id'),
    /** How often it happened within `hour_bucket`. */
    count: integer('count').notNull().default(1),
    /** For an event that is counted by the hour: hours since 1970. */
    hourBucket: integer('hour_bucket'),
    createdAt: time('created_at').notNull(),
    userAgent: text('user_agent'),
    ip: text('ip'),
    country: text('country'),
    /** The request that recorded it, so that it is recorded once. */
    requestId: text('request_id'),
  },
  (table) => [
    index('security_events_user_id').on(table.userId, table.id),
    index('security_events_created_at').on(table.createdAt),
    uniqueIndex('security_events_hourly')
      .on(table.userId, table.type, table.hourBucket)
      .where(sql`${table.hourBucket} is not null`),
  ],
)

/** Emails to send, and emails that were sent. A row holds no token and no body: sending makes both. */
export const mailOutbox = sqliteTable(
  'mail_outbox',
  {
    /** Also Resend's Idempotency-Key. */
    id: text('id').primaryKey(),
    /** The name in Djoser's EMAIL setting, if Djoser has such an email. */
    kind: text('kind', {
      enum: [
        'activation',
        'confirmation',
        'password_reset',
        'password_changed_confirmation',
        'username_reset',
        'username_changed_confirmation',
        'email_change',
        'email_change_requested',
        'email_changed',
        'refresh_reused',
        'new_device',
      ],
    }).notNull(),
    /** NULL for an email to an address without an account. */
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    recipient: text('recipient').notNull(),
    /** The link is signed with this time, so that a retry makes the same link. */
    createdAt: time('created_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** NULL after the email was sent or given up. `last_error` says why it was given up. */
    nextAttemptAt: time('next_attempt_at'),
    sentAt: time('sent_at'),
    providerId: text('provider_id'),
    lastError: text('last_error'),
    /** The request that queued it. Its security event names the same request. */
    requestId: text('request_id'),
  },
  (table) => [
    index('mail_outbox_user_id').on(table.userId, table.kind, table.createdAt),
    index('mail_outbox_next_attempt_at')
      .on(table.nextAttemptAt)
      .where(sql`${table.nextAttemptAt} is not null`),
    index('mail_outbox_created_at').on(table.createdAt),
    // Addresses are compared regardless of the case of ASCII letters.
    index('mail_outbox_recipient').on(sql`${table.recipient} collate nocase`, table.createdAt),
  ],
)

/** Counters of attempts, by account, session, address or login name (docs/decisions/014). */
export const throttles = sqliteTable(
  'throttles',
  {
    /** A scope, and an HMAC of the name or the account's id. */
    key: text('key').primaryKey(),
    /** The account, if there is one. */
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    count: integer('count').notNull(),
    /** When the next attempt is allowed, or a rate's period ends. */
    blockedUntil: time('blocked_until').notNull(),
    /** The request of the last attempt, so that it counts once. */
    requestId: text('request_id'),
  },
  (table) => [
    index('throttles_user_id').on(table.userId),
    index('throttles_blocked_until').on(table.blockedUntil),
  ],
)

/** One row, which the cron writes each minute. A replica shows by it how far behind the primary it is. */
export const pulse = sqliteTable('pulse', {
  id: integer('id').primaryKey(),
  at: time('at').notNull(),
})

/** Emails as they would be sent, for `/dev/mailbox/`. Only development writes to it. */
export const devMailbox = sqliteTable('dev_mailbox', {
  id: text('id').primaryKey(),
  kind: text('kind').notNull(),
  recipient: text('recipient').notNull(),
  subject: text('subject').notNull(),
  text: text('text').notNull(),
  html: text('html').notNull(),
  url: text('url'),
  uid: text('uid'),
  token: text('token'),
  createdAt: time('created_at').notNull(),
})

export type Session = typeof sessions.$inferSelect
export type SecurityEvent = typeof securityEvents.$inferSelect
export type OutboxRow = typeof mailOutbox.$inferSelect
