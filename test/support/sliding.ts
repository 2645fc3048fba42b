// For tests of sliding tokens: users that log in with one, and the rows that they leave.

import { env } from 'cloudflare:workers'
import { password, person } from './people.ts'

export const bothClasses = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
export const wrongType = 'Token has wrong type'

/** A user, and the sliding token of their login. */
export async function sliding(vars: Record<string, unknown> = bothClasses) {
  const user = await person(vars)
  const { email, api } = user
  const { body } = await api.post('/api/token/sliding/', { email, password })
  return { ...user, token: String(body.token) }
}

/** The number of a user's rows. */
export async function countRows(table: 'sessions' | 'revoked_tokens', id: number) {
  const sql = `select count(*) as count from ${table} where user_id = ?`
  return env.DB.prepare(sql).bind(id).first('count')
}
