// What was read, in a SQLite file that is gone afterwards: so that memory does not grow with the source, and
// files may have their tables in any order.

import { DatabaseSync } from 'node:sqlite'
import { uniqueFields } from '../../src/accounts/unique-fields.ts'
import type { ImportedUser, NaturalKey } from './people.ts'
import type { Reference } from './tokens.ts'

export type Stage = ReturnType<typeof openStage>

export interface Key {
  hash: string
  userId: number
  createdAt: number
}

export interface Blacklisted {
  jti: string
  userId: number
  tokenType: 'refresh' | 'sliding'
  expiresAt: number
  revokedAt: number
}

/** A token of Django's table, blacklisted or not; null where it cannot be read. */
interface Outstanding extends Pick<Blacklisted, 'tokenType'> {
  jti: string | null
  expiresAt: number | null
}

/** `present`: the same person is here. */
export type State = 'new' | 'present' | 'left out'

/** SQL: what a staged row has in a column. */
const stagedValue = (name: string) => `json_extract(row, '$.${name}')`

export function openStage(file: string) {
  const database = new DatabaseSync(file)
  database.exec(`
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
    CREATE TABLE people (id INTEGER PRIMARY KEY, email_key TEXT, username TEXT, state TEXT NOT NULL
      DEFAULT 'new', is_bare INTEGER NOT NULL, row TEXT NOT NULL);
    CREATE INDEX people_email_key ON people (email_key);
    CREATE INDEX people_username ON people (username);
    CREATE TABLE naturals (name TEXT NOT NULL, user_id INTEGER NOT NULL);
    CREATE TABLE rejected (user_id INTEGER PRIMARY KEY);
    CREATE TABLE keys (hash TEXT PRIMARY KEY, user_id INTEGER, user_name TEXT, created_at INTEGER NOT NULL,
      is_here INTEGER NOT NULL DEFAULT FALSE);
    CREATE INDEX keys_user_id ON keys (user_id);
    CREATE TABLE outstanding (id INTEGER PRIMARY KEY, jti TEXT, user_id INTEGER, user_name TEXT,
      token_type TEXT NOT NULL, expires_at INTEGER);
    CREATE INDEX outstanding_user_id ON outstanding (user_id);
    CREATE TABLE blacklisted (id INTEGER PRIMARY KEY, revoked_at INTEGER NOT NULL);
    ${uniqueFields.map((name) => `CREATE INDEX "people_${name}_own" ON people (${stagedValue(name)});`).join('\n')}
    BEGIN`)
  const prepare = (sql: string) => database.prepare(sql)
  const person = prepare(
    `INSERT INTO people (id, email_key, username, is_bare, row) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const natural = prepare('INSERT INTO naturals VALUES (?, ?)')
  const rejected = prepare('INSERT OR IGNORE INTO rejected VALUES (?)')
  const key = prepare(
    'INSERT OR IGNORE INTO keys (hash, user_id, user_name, created_at) VALUES (?, ?, ?, ?)',
  )
  const seen = prepare('UPDATE keys SET is_here = TRUE WHERE hash = ?')
  const present = "SELECT id FROM people WHERE state = 'present'"
  const outstanding = prepare('INSERT OR IGNORE INTO outstanding VALUES (?, ?, ?, ?, ?, ?)')
  const blacklisted = prepare('INSERT OR IGNORE INTO blacklisted VALUES (?, ?)')
  const one = prepare('SELECT id, state, row FROM people WHERE id = ?')
  const mark = prepare('UPDATE people SET state = ? WHERE id = ?')
  const claimants = prepare(
    `SELECT id FROM people WHERE state = 'new' AND id <> ?1 AND (email_key = ?2 OR username = ?3)`,
  )
  const keysOf = prepare(
    'SELECT hash, user_id AS userId, created_at AS createdAt FROM keys WHERE user_id = ?',
  )
  const blacklistedOf = prepare(
    `SELECT jti, user_id AS userId, token_type AS tokenType, expires_at AS expiresAt,
       revoked_at AS revokedAt
     FROM outstanding JOIN blacklisted USING (id)
     WHERE user_id = ? AND expires_at > ? AND jti IS NOT NULL`,
  )
  const count = (sql: string, ...values: number[]) => Number(prepare(sql).get(...values)?.count)
  const addNatural = (id: number, { username, email }: NaturalKey) => {
    for (const name of new Set([username, email])) if (name !== null) natural.run(name, id)
  }

  return {
    close: () => database.close(),
    /** @returns false where the id is there already */
    add({ id, emailKey, username, natural, isBare, row }: ImportedUser) {
      const values = [id, emailKey, username, Number(isBare), JSON.stringify(row)]
      const isNew = person.run(...values).changes === 1
      if (isNew) addNatural(id, natural)
      return isNew
    },
    /** Keeps the ids of users who are left out, so that their rows are not reported as of nobody. */
    reject(id: number, natural: NaturalKey) {
      rejected.run(id)
      addNatural(id, natural)
    },
    addKey: ({ hash, createdAt }: Omit<Key, 'userId'>, { id, name }: Reference) =>
      key.run(hash, id, name, createdAt),
    addOutstanding: (id: number, { jti, tokenType, expiresAt }: Outstanding, user?: Reference) =>
      outstanding.run(id, jti, user?.id ?? null, user?.name ?? null, tokenType, expiresAt),
    addBlacklisted: (outstandingId: number, revokedAt: number) =>
      blacklisted.run(outstandingId, revokedAt),

    /** Gives ids to what names its user in another way; none where two users go by the name. */
    resolveNames() {
      database.exec('CREATE INDEX naturals_name ON naturals (name)')
      for (const table of ['keys', 'outstanding']) {
        database.exec(`UPDATE ${table} SET user_id = (
            SELECT CASE WHEN min(user_id) = max(user_id) THEN min(user_id) END
            FROM naturals WHERE name = user_name)
          WHERE user_name IS NOT NULL`)
      }
    },

    find: (id: number) => one.get(id) as { id: number; state: State; row: string } | undefined,
    mark: (id: number, state: State) => mark.run(state, id),
    /** Whom somebody keeps from an address or a name. */
    claimants: (id: number, emailKey: string | null, username: string | null) =>
      claimants.all(id, emailKey, username).map((row) => Number(row.id)),
    /** Who shares an address or a name with somebody of a lower id. */
    doubles: (column: 'email_key' | 'username') =>
      prepare(
        `SELECT id, (SELECT min(id) FROM people first WHERE first.${column} = people.${column}) AS first
         FROM people WHERE state = 'new' AND first < id`,
      ).all() as unknown as { id: number; first: number }[],
    /** The same, of a field of the deployer's own that is unique here. */
    doublesOf: (name: string) =>
      prepare(
        `SELECT id, first FROM (SELECT id, state, ${stagedValue(name)} AS value,
           min(id) OVER (PARTITION BY ${stagedValue(name)}) AS first FROM people)
         WHERE state = 'new' AND value IS NOT NULL AND first < id`,
      ).all() as unknown as { id: number; first: number }[],
    /** The new users whose value of such a field is that of a user who is here. */
    claimantsOf: (name: string, value: string | number, id: number) =>
      prepare(`SELECT id FROM people WHERE ${stagedValue(name)} = ? AND state = 'new' AND id <> ?`)
        .all(value, id)
        .map((row) => Number(row.id)),
    /** Who would be new and has an id below one that was imported. */
    gone: (highest: number) =>
      prepare(`SELECT id FROM people WHERE state = 'new' AND id < ?`)
        .all(highest)
        .map((row) => Number(row.id)),

    people: () =>
      prepare(
        "SELECT id, state, row FROM people WHERE state <> 'left out' ORDER BY id",
      ).iterate() as unknown as Iterable<{ id: number; state: State; row: string }>,
    /** Whether a key has a user who is here. */
    hasKeysOfPresent: () =>
      count(`SELECT count(*) AS count FROM keys WHERE user_id IN (${present})`) > 0,
    seeKey: (hash: string) => seen.run(hash),
    /** Whose key was not seen, though the user is here. */
    unseenKeys: () =>
      prepare(
        `SELECT user_id FROM keys WHERE user_id IN (${present}) AND NOT is_here ORDER BY user_id`,
      )
        .all()
        .map((row) => Number(row.user_id)),
    keysOf: (userId: number) => keysOf.all(userId) as unknown as Key[],
    blacklistedOf: (userId: number, now: number) =>
      blacklistedOf.all(userId, now) as unknown as Blacklisted[],
    highestId: () => Number(prepare('SELECT max(id) AS id FROM people').get()?.id ?? 0),
    counts: () => ({
      fresh: count(`SELECT count(*) AS count FROM people WHERE state = 'new'`),
      bare: count(`SELECT count(*) AS count FROM people WHERE state = 'new' AND is_bare`),
      present: count(`SELECT count(*) AS count FROM people WHERE state = 'present'`),
      keys: count('SELECT count(*) AS count FROM keys WHERE user_id IN (SELECT id FROM people)'),
      blacklisted: count(
        `SELECT count(*) AS count FROM outstanding JOIN blacklisted USING (id)
         WHERE user_id IN (SELECT id FROM people) AND jti IS NOT NULL AND expires_at IS NOT NULL`,
      ),
    }),
    /** How many rows belong to no user of the source; of tokens, those that have not expired. */
    strays(now: number) {
      const ofNobody = `coalesce(user_id, 0) NOT IN (SELECT id FROM people UNION SELECT user_id FROM rejected)`
      const dead =
        'SELECT count(*) AS count FROM blacklisted LEFT JOIN outstanding USING (id) WHERE'
      const isNamed = '(user_id IS NOT NULL OR user_name IS NOT NULL)'
      return {
        keys: count(`SELECT count(*) AS count FROM keys WHERE ${ofNobody}`),
        nobodys: count(
          `${dead} jti IS NOT NULL AND expires_at > ? AND ${isNamed} AND ${ofNobody}`,
          now,
        ),
        unreadable: count(`${dead} token_type IS NOT NULL AND (jti IS NULL OR expires_at IS NULL)`),
        withoutToken: count(`${dead} token_type IS NULL`),
      }
    },
  }
}
