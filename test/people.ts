// People for tests: each with an address of his own, made through the API as anybody is.

import { env } from 'cloudflare:workers'
import { client } from './api.ts'

export const password = 'a pond of herons'

let count = 0

/** An address without digits, which a password of digits would be too similar to. */
export function newEmail(name = 'ada') {
  const letters = `${Date.now()}${count++}`.replace(/\d/g, (digit) => 'abcdefghij'.charAt(+digit))
  return `${name}.${letters}@example.com`
}

/** An API client and someone who has signed up and activated the account. */
export async function person(vars: Record<string, unknown> = {}) {
  const api = client(vars)
  const email = newEmail()
  const { body } = await api.post('/auth/users/', {
    email,
    password,
    first_name: 'Ada',
    last_name: 'Lovelace',
  })
  const [mail] = await api.mail(email)
  await api.post('/auth/users/activation/', { uid: mail.uid, token: mail.token })
  return { api, email, id: Number(body.id) }
}

/** Someone who is logged in. */
export async function loggedIn(vars: Record<string, unknown> = {}) {
  const someone = await person(vars)
  const { api, email } = someone
  const { body } = await api.post('/auth/jwt/create/', { email, password })
  return { ...someone, access: String(body.access), refresh: String(body.refresh) }
}

/** As `npm run createsuperuser` does, or short of it. */
export async function makeStaff(id: number, { superuser = false } = {}) {
  const statement = 'update users set is_staff = 1, is_superuser = ? where id = ?'
  await env.DB.prepare(statement).bind(Number(superuser), id).run()
}
