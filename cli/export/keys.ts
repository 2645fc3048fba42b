// authtoken's keys. Those that were made here are made again from their rows; of imported ones there is
// nothing but a hash.

import { keyOfRow } from '../../src/sessions/authtoken.ts'
import type { Settings } from '../../src/settings/parse.ts'
import type { Row } from '../database.ts'
import type { FixtureRow } from './fixture.ts'

/** A user has one at most that was made here. */
export const selectKeys = (highest: number) => (after: number) =>
  `SELECT *, user_id AS at FROM auth_tokens WHERE nonce IS NOT NULL AND user_id > ${after}
     AND user_id <= ${highest} ORDER BY user_id`

/** Undefined where it was made under a SECRET_KEY that is not given. */
export async function keyRow(found: Row, settings: Settings): Promise<FixtureRow | undefined> {
  const [user, hash, nonce] = [Number(found.user_id), String(found.hash), String(found.nonce)]
  const key = await keyOfRow(settings, user, { hash, nonce })
  if (key === undefined) return undefined
  const created = new Date(Number(found.created_at)).toISOString()
  return { model: 'authtoken.token', pk: key, fields: { user, created } }
}
