// The tokens of the stage: authtoken's keys, and Simple JWT's outstanding and blacklisted tokens.

import type { DatabaseSync } from 'node:sqlite'
import type { Reference } from './tokens.ts'

export interface Key {
  hash: string
  createdAt: number
}

export interface BlacklistedToken {
  jti: string
  tokenType: 'refresh' | 'sliding'
  expiresAt: number
  revokedAt: number
}

/** A row of Django's outstanding tokens, blacklisted or not. A value that cannot be read is null. */
interface OutstandingToken extends Pick<BlacklistedToken, 'tokenType'> {
  jti: string | null
  expiresAt: number | null
}

export function tokenStage(database: DatabaseSync) {
  return { ...writers(database), ...keysOfPresent(database), ...readers(database) }
}

function writers(database: DatabaseSync) {
  const insertKey = database.prepare(
    'INSERT OR IGNORE INTO keys (hash, user_id, user_name, created_at) VALUES (?, ?, ?, ?)',
  )
  const insertOutstanding = database.prepare(
    'INSERT OR IGNORE INTO outstanding VALUES (?, ?, ?, ?, ?, ?)',
  )
  const insertBlacklisted = database.prepare('INSERT OR IGNORE INTO blacklisted VALUES (?, ?)')
  return {
    addKey: ({ hash, createdAt }: Key, { id, name }: Reference) =>
      insertKey.run(hash, id, name, createdAt),
    addOutstanding: (
      id: number,
      { jti, tokenType, expiresAt }: OutstandingToken,
      user?: Reference,
    ) => insertOutstanding.run(id, jti, user?.id ?? null, user?.name ?? null, tokenType, expiresAt),
    addBlacklisted: (outstandingId: number, revokedAt: number) =>
      insertBlacklisted.run(outstandingId, revokedAt),
  }
}

/** Keys in the source whose user is in the database already. */
function keysOfPresent(database: DatabaseSync) {
  const present = "user_id IN (SELECT id FROM users WHERE state = 'present')"
  const mark = database.prepare('UPDATE keys SET exists_here = TRUE WHERE hash = ?')
  return {
    hasKeysOfPresent: () =>
      database.prepare(`SELECT 1 FROM keys WHERE ${present} LIMIT 1`).get() !== undefined,
    /** Marks a key that the database has. */
    markKey: (hash: string) => mark.run(hash),
    /** The ids of present users with a key that was not marked. */
    usersOfMissingKeys: () =>
      database
        .prepare(`SELECT user_id FROM keys WHERE ${present} AND NOT exists_here ORDER BY user_id`)
        .all()
        .map((row) => Number(row.user_id)),
  }
}

function readers(database: DatabaseSync) {
  const keysOf = database.prepare(
    'SELECT hash, created_at AS createdAt FROM keys WHERE user_id = ?',
  )
  const blacklistedOf = database.prepare(
    `SELECT jti, token_type AS tokenType, expires_at AS expiresAt,
       revoked_at AS revokedAt
     FROM outstanding JOIN blacklisted USING (id)
     WHERE user_id = ? AND expires_at > ? AND jti IS NOT NULL`,
  )
  const count = (rows: string, ...values: number[]) =>
    Number(database.prepare(`SELECT count(*) AS count FROM ${rows}`).get(...values)?.count)
  return {
    keysOf: (userId: number) => keysOf.all(userId) as unknown as Key[],
    /** The user's blacklisted tokens that have not expired. */
    blacklistedOf: (userId: number, now: number) =>
      blacklistedOf.all(userId, now) as unknown as BlacklistedToken[],
    counts: () => ({
      keys: count('keys WHERE user_id IN (SELECT id FROM users)'),
      blacklisted: count(
        `outstanding JOIN blacklisted USING (id)
         WHERE user_id IN (SELECT id FROM users) AND jti IS NOT NULL AND expires_at IS NOT NULL`,
      ),
    }),
    /** Numbers of keys and of tokens (only unexpired ones) whose user the source lacks, and of rows with other faults. */
    countUnmatched(now: number) {
      const withoutUser = `coalesce(user_id, 0) NOT IN (SELECT id FROM users UNION SELECT user_id FROM rejected)`
      const blacklisted = 'blacklisted LEFT JOIN outstanding USING (id) WHERE'
      const isNamed = '(user_id IS NOT NULL OR user_name IS NOT NULL)'
      return {
        keys: count(`keys WHERE ${withoutUser}`),
        tokens: count(
          `${blacklisted} jti IS NOT NULL AND expires_at > ? AND ${isNamed} AND ${withoutUser}`,
          now,
        ),
        unreadable: count(
          `${blacklisted} token_type IS NOT NULL AND (jti IS NULL OR expires_at IS NULL)`,
        ),
        withoutToken: count(`${blacklisted} token_type IS NULL`),
      }
    },
  }
}
