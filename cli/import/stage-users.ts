// The users of the stage: their rows, and whether each is imported.

import type { DatabaseSync } from 'node:sqlite'
import type { NaturalKey, StagedUser } from './imported-user.ts'

/** `new`: to be imported. `present`: the same user is in the database already. */
export type State = 'new' | 'present' | 'left out'

export interface StagedRow {
  /** The id in the source, or the number of a user whose id is a UUID there. */
  id: number
  state: State
  /** Values to store, as JSON. */
  row: string
}

interface Duplicate {
  id: number
  /** The lowest id with the same value. */
  first: number
}

/** SQL: the value of a column in a staged row. */
export const stagedValue = (name: string) => `json_extract(row, '$.${name}')`

export function userStage(database: DatabaseSync) {
  return { ...writers(database), ...duplicates(database), ...readers(database) }
}

function writers(database: DatabaseSync) {
  const insertUser = database.prepare(
    `INSERT INTO users (id, email_key, username, is_bare, row) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const insertName = database.prepare('INSERT INTO natural_keys VALUES (?, ?)')
  const insertRejected = database.prepare('INSERT OR IGNORE INTO rejected VALUES (?)')
  const update = database.prepare('UPDATE users SET state = ? WHERE id = ?')
  const updatePresent = database.prepare(
    "UPDATE users SET state = 'present', new_id = ? WHERE id = ?",
  )
  const addNames = (id: number, { username, email }: NaturalKey) => {
    for (const name of new Set([username, email])) if (name !== null) insertName.run(name, id)
  }
  return {
    /** @returns false if the id exists already */
    add({ id, emailKey, username, naturalKey, isBare, row }: StagedUser): boolean {
      const values = [id, emailKey, username, Number(isBare), JSON.stringify(row)]
      const isNew = insertUser.run(...values).changes === 1
      if (isNew) addNames(id, naturalKey)
      return isNew
    },
    /** Keeps the id of a user that is left out. The report must not list its tokens as tokens without a user. */
    reject(id: number, naturalKey: NaturalKey) {
      insertRejected.run(id)
      addNames(id, naturalKey)
    },
    leaveOut: (id: number) => update.run('left out', id),
    /** @param newId the id in the database */
    markPresent: (id: number, newId: number) => updatePresent.run(newId, id),
  }
}

function duplicates(database: DatabaseSync) {
  const byLogin = database.prepare(
    `SELECT id FROM users WHERE state = 'new' AND id <> ?1 AND (email_key = ?2 OR username = ?3)`,
  )
  return {
    /** New users that share a login with a user of a lower id. */
    duplicateLogins: (column: 'email_key' | 'username') =>
      database
        .prepare(
          `SELECT id, (SELECT min(id) FROM users first WHERE first.${column} = users.${column}) AS first
           FROM users WHERE state = 'new' AND first < id`,
        )
        .all() as unknown as Duplicate[],
    /** New users that share the value of a unique field of the user model with a user of a lower id. */
    duplicateValues: (name: string) =>
      database
        .prepare(
          `SELECT id, first FROM (SELECT id, state, ${stagedValue(name)} AS value,
             min(id) OVER (PARTITION BY ${stagedValue(name)}) AS first FROM users)
           WHERE state = 'new' AND value IS NOT NULL AND first < id`,
        )
        .all() as unknown as Duplicate[],
    /** New users, except this one, that have this email or username. */
    newWithLogin: (id: number, emailKey: string | null, username: string | null) =>
      idsOf(byLogin.all(id, emailKey, username)),
    /** New users, except this one, that have this value of a unique field. */
    newWithValue: (name: string, value: string | number, id: number) =>
      idsOf(
        database
          .prepare(
            `SELECT id FROM users WHERE ${stagedValue(name)} = ? AND state = 'new' AND id <> ?`,
          )
          .all(value, id),
      ),
  }
}

function readers(database: DatabaseSync) {
  const count = (condition: string) =>
    Number(database.prepare(`SELECT count(*) AS count FROM users WHERE ${condition}`).get()?.count)
  return {
    /** Every user that is not left out, ordered by the id in the database. */
    users: () =>
      database
        .prepare(
          `SELECT id, coalesce(new_id, id) AS newId, state, row FROM users WHERE state <> 'left out'
           ORDER BY newId`,
        )
        .iterate() as unknown as Iterable<StagedRow & { newId: number }>,
    highestId: () =>
      Number(database.prepare('SELECT max(coalesce(new_id, id)) AS id FROM users').get()?.id ?? 0),
    counts: () => ({
      users: count("state = 'new'"),
      bare: count("state = 'new' AND is_bare"),
      present: count("state = 'present'"),
    }),
  }
}

const idsOf = (rows: Record<string, unknown>[]) => rows.map(({ id }) => Number(id))
