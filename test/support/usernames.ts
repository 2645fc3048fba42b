// Users that log in by username, under LOGIN_FIELD=username, and what a test compares of a user's row.

import { env } from 'cloudflare:workers'
import { client } from './api.ts'
import { logIn, newEmail, newestLink, password } from './people.ts'

export const byName = { LOGIN_FIELD: 'username' }

/** An active user that logs in by username, with a confirmed email; without one if it is blank. */
export async function member(vars: Record<string, unknown> = {}, email = newEmail()) {
  const api = client({ ...byName, ...vars })
  const username = newEmail('u').split('@')[0] as string
  const { body } = await api.post('/auth/users/', { username, email, password })
  if (email !== '') {
    await api.post('/auth/users/activation/', await newestLink(api, email))
  }
  const { access } = (await logIn(api, { username })).body
  return { api, username, email, id: Number(body.id), access: String(access) }
}

/** The columns that decide how a user logs in, and what they may do. */
export const rowOf = (id: number) =>
  env.DB.prepare(
    `select email, email_key, new_email, username, password, status, first_name, email_verified_at,
      is_staff, is_superuser from users where id = ?`,
  )
    .bind(id)
    .first()
