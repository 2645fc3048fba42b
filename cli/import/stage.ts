// Keeps the rows of the source in a temporary SQLite file. So memory does not grow with the source, and the source may
// have its tables in any order.

import { DatabaseSync } from 'node:sqlite'
import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import { numberStage } from './stage-numbers.ts'
import { tokenStage } from './stage-tokens.ts'
import { stagedValue, userStage } from './stage-users.ts'

export type Stage = ReturnType<typeof openStage>

/** @param byUuid whether the source's ids are UUIDs */
export function openStage(file: string, byUuid: boolean) {
  const database = new DatabaseSync(file)
  database.exec(schema)
  const users = userStage(database)
  const tokens = tokenStage(database)
  return {
    byUuid,
    ...users,
    ...numberStage(database, byUuid),
    ...tokens,
    /** Finds the ids of users that tokens refer to by name; none if two users have the name. */
    resolveNames: () => database.exec(resolveNames),
    counts: () => ({ ...users.counts(), ...tokens.counts() }),
    close: () => database.close(),
  }
}

const uniqueIndexes = uniqueFields().map(
  (name) => `CREATE INDEX "users_${name}_value" ON users (${stagedValue(name)});`,
)

const schema = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
  CREATE TABLE users (id INTEGER PRIMARY KEY, email_key TEXT, username TEXT, state TEXT NOT NULL
    DEFAULT 'new', is_bare INTEGER NOT NULL, row TEXT NOT NULL, new_id INTEGER);
  CREATE TABLE numbers (number INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE);
  CREATE INDEX users_email_key ON users (email_key);
  CREATE INDEX users_username ON users (username);
  CREATE TABLE natural_keys (name TEXT NOT NULL, user_id INTEGER NOT NULL);
  CREATE TABLE rejected (user_id INTEGER PRIMARY KEY);
  CREATE TABLE keys (hash TEXT PRIMARY KEY, user_id INTEGER, user_name TEXT, created_at INTEGER NOT NULL,
    exists_here INTEGER NOT NULL DEFAULT FALSE);
  CREATE INDEX keys_user_id ON keys (user_id);
  CREATE TABLE outstanding (id INTEGER PRIMARY KEY, jti TEXT, user_id INTEGER, user_name TEXT,
    token_type TEXT NOT NULL, expires_at INTEGER);
  CREATE INDEX outstanding_user_id ON outstanding (user_id);
  CREATE TABLE blacklisted (id INTEGER PRIMARY KEY, revoked_at INTEGER NOT NULL);
  ${uniqueIndexes.join('\n')}
  BEGIN`

const resolveNames = `CREATE INDEX natural_keys_name ON natural_keys (name);
  ${['keys', 'outstanding']
    .map(
      (table) => `UPDATE ${table} SET user_id = (
        SELECT CASE WHEN min(user_id) = max(user_id) THEN min(user_id) END
        FROM natural_keys WHERE name = user_name)
      WHERE user_name IS NOT NULL;`,
    )
    .join('\n')}`
