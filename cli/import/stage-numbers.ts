// The numbers of users whose ids are UUIDs in the source. While the source is read, a user gets the next number, whichever table
// names the user first. Before the import the users get the ids of the database: those that they have there, or new ones.

import type { DatabaseSync } from 'node:sqlite'
import type { StagedRow } from './stage-users.ts'

/** SQL: the order in which users get new ids. */
const age = "json_extract(row, '$.date_joined')"

export function numberStage(database: DatabaseSync, byUuid: boolean) {
  const insert = database.prepare('INSERT OR IGNORE INTO numbers (uuid) VALUES (?)')
  const number = database.prepare('SELECT number FROM numbers WHERE uuid = ?')
  const uuid = database.prepare('SELECT uuid FROM numbers WHERE number = ?')
  const byId = database.prepare('SELECT id, state, row FROM users WHERE id = ?')
  return {
    numberOf(uuid: string): number {
      insert.run(uuid)
      return Number(number.get(uuid)?.number)
    },
    /** The id in the source, for the report. */
    nameOf: (id: number) => String(uuid.get(id)?.uuid ?? id),
    /** The user of the source with the id of a row in the database. */
    findById(row: { id: unknown; uuid: unknown }): StagedRow | undefined {
      const id = byUuid ? number.get(String(row.uuid))?.number : Number(row.id)
      return byId.get(Number(id ?? 0)) as StagedRow | undefined
    },
    /** New users that must have been imported before, since users that came after them are in the database. */
    goneUsers: () =>
      database
        .prepare(byUuid ? youngerThanPresent : lowerThanPresent)
        .all()
        .map(({ id }) => Number(id)),
    /** Gives new users ids above `highest`, the oldest first. Ids of the source that are numbers stay. */
    assignIds(highest: number) {
      if (byUuid) database.prepare(assignIds).run(highest)
    },
  }
}

const lowerThanPresent = `SELECT id FROM users WHERE state = 'new'
  AND id < (SELECT max(id) FROM users WHERE state = 'present') ORDER BY id`

/** A source without `date_joined` does not tell, so none of its users counts as deleted. */
const youngerThanPresent = `SELECT id FROM users JOIN numbers ON number = id
  WHERE state = 'new' AND (${age}, uuid) < (SELECT ${age}, uuid FROM users JOIN numbers ON number = id
    WHERE state = 'present' ORDER BY 1 DESC, 2 DESC LIMIT 1) ORDER BY id`

const assignIds = `UPDATE users SET new_id = ? + place
  FROM (SELECT id AS placed, row_number() OVER (ORDER BY ${age}, uuid) AS place
    FROM users JOIN numbers ON number = id WHERE state = 'new')
  WHERE id = placed`
