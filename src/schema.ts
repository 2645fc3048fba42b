// The tables. Only additive migrations may follow: D1 rebuilds a table by dropping it, and the rows that
// refer to it go with it. Times are milliseconds since 1970 in SQL and `Date` in code.

import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { coreColumns, time } from './core-columns.ts'
import { userModelColumns } from './user-model.ts'

/** Who may log in. An id is never given out twice. */
export const users = sqliteTable('users', { ...coreColumns, ...userModelColumns }, (table) => [
  index('users_email').on(table.email),
  index('users_pending_until').on(table.pendingUntil).where(sql`${table.pendingUntil} is not null`),
])

/** One row per log-in. `counter` and `refreshed_at` are in no index, so that a refresh writes one row. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** How often the refresh token was rotated; the token carries the number it was made with. */
    refreshCounter: integer('refresh_counter').notNull().default(0),
    createdAt: time('created_at').notNull(),
    refreshedAt: time('refreshed_at').notNull(),
    /** The absolute end (SESSION_MAX_LIFETIME); the sliding end is the token's own `exp`. */
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
    /** When the user last authenticated in this session; NULL: at `created_at`. */
    authenticatedAt: time('authenticated_at'),
    /** How the user authenticated (RFC 8176); NULL: by password. */
    amr: text('amr'),
    /** When its refresh token was last sent, rotated or not; NULL until then. */
    lastUsedAt: time('last_used_at'),
  },
  (table) => [
    index('sessions_user_id').on(table.userId),
    index('sessions_created_at').on(table.createdAt),
  ],
)

/**
 * DRF's authtoken. The key itself is in no row: it is made again from user and nonce, and found by its
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
 * The denylist of tokens that have no session: sliding ones, and drf-jwt's, by the chain's first id.
 * Of refresh tokens from elsewhere, those that have had the one session that they get here.
 */
export const revokedTokens = sqliteTable(
  'revoked_tokens',
  {
    jti: text('jti').primaryKey(),
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    tokenType: text('token_type', { enum: ['sliding', 'drf-jwt', 'refresh'] }).notNull(),
    /** When nothing of the chain can be good any more, and the row may go. */
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at').notNull(),
  },
  (table) => [
    index('revoked_tokens_user_id').on(table.userId),
    index('revoked_tokens_expires_at').on(table.expiresAt),
  ],
)

/** What happened to an account, for its owner and the staff to see. */
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
    /** No reference: the row outlives the session. */
    sessionId: text('session_id'),
    /** Who did it, where it was somebody else, 0 an operator; no reference, for the same reason. */
    actorId: integer('actor_id'),
    /** How often, in a run of failures. */
    count: integer('count').notNull().default(1),
    /** Of a run of failures: the hour since 1970 that it is counted in. */
    hourBucket: integer('hour_bucket'),
    createdAt: time('created_at').notNull(),
    userAgent: text('user_agent'),
    ip: text('ip'),
    country: text('country'),
    /** What it was noted by, so that it is not noted twice. */
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

/** Mail that is owed or was sent. It holds no token and no body: both are made when it is sent. */
export const mailOutbox = sqliteTable(
  'mail_outbox',
  {
    /** Also Resend's Idempotency-Key. */
    id: text('id').primaryKey(),
    /** Named as in Djoser's EMAIL setting. */
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
    /** NULL for mail to an address without an account. */
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    recipient: text('recipient').notNull(),
    /** Also the time that the link is signed with, so that a retry makes the same link. */
    createdAt: time('created_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** NULL: it was sent, or given up (then `last_error` says why). */
    nextAttemptAt: time('next_attempt_at'),
    sentAt: time('sent_at'),
    providerId: text('provider_id'),
    lastError: text('last_error'),
    /** The request that queued it, which its security event names too. */
    requestId: text('request_id'),
  },
  (table) => [
    index('mail_outbox_user_id').on(table.userId, table.kind, table.createdAt),
    index('mail_outbox_next_attempt_at')
      .on(table.nextAttemptAt)
      .where(sql`${table.nextAttemptAt} is not null`),
    index('mail_outbox_created_at').on(table.createdAt),
    // As addresses are compared: by their ASCII letters, whatever their case.
    index('mail_outbox_recipient').on(sql`${table.recipient} collate nocase`, table.createdAt),
  ],
)

/** How often something was tried lately, by whom it was tried for, and from when it may be tried again. */
export const throttles = sqliteTable(
  'throttles',
  {
    key: text('key').primaryKey(),
    /** Whose it is, where there is an account. */
    userId: integer('user_id').references(() => users.id, { onDelete: 'cascade' }),
    count: integer('count').notNull(),
    blockedUntil: time('blocked_until').notNull(),
    /** The request that took the last one, so that it is not counted twice. */
    requestId: text('request_id'),
  },
  (table) => [
    index('throttles_user_id').on(table.userId),
    index('throttles_blocked_until').on(table.blockedUntil),
  ],
)

/** In development, mail as it was sent, kept for `/dev/mailbox/`. Never written elsewhere. */
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

export type User = typeof users.$inferSelect
export type Session = typeof sessions.$inferSelect
export type SecurityEvent = typeof securityEvents.$inferSelect
export type OutboxRow = typeof mailOutbox.$inferSelect
