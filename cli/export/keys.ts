// authtoken's keys that Gatehouse issued. They are computed again from their rows. Imported keys cannot be computed,
// because Gatehouse stores only their hashes.

import { keyOfRow } from '../../src/sessions/authtoken.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { Row } from '../database.ts'
import type { FixtureRow } from './fixture.ts'
import { primaryKeyOf } from './users.ts'

/** A user has at most one key that Gatehouse issued. */
export const selectKeys = (highestId: number) => (after: number) =>
  `SELECT *, user_id AS at, user_id AS id, (SELECT uuid FROM users WHERE id = user_id) AS uuid
     FROM auth_tokens WHERE nonce IS NOT NULL AND user_id > ${after}
     AND user_id <= ${highestId} ORDER BY user_id`

/** @returns undefined if the key was issued under another SECRET_KEY than those in the settings */
export async function keyRow(row: Row, settings: Settings): Promise<FixtureRow | undefined> {
  const [hash, nonce] = [String(row.hash), String(row.nonce)]
  const key = await keyOfRow(settings, Number(row.user_id), { hash, nonce })
  if (key === undefined) return undefined
  const created = new Date(Number(row.created_at)).toISOString()
  return {
    model: 'authtoken.token',
    pk: key,
    fields: { user: primaryKeyOf(settings, row), created },
  }
}
