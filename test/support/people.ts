// People for tests: each with an address of his own, made through the API as anybody is.

import { env } from 'cloudflare:workers'
import { type Api, client } from './api.ts'

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

/** The kinds of mail that went to an address, newest first. */
export const kindsTo = async (api: Api, email: string) =>
  (await api.mail(email)).map(({ kind }: { kind: string }) => kind)

/** What the newest mail to an address leads to, after one was asked for at a path of `/auth/users/`. */
export async function linkTo(api: Api, path: string, email: string) {
  await api.post(`/auth/users/${path}/`, { email })
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}

/** What a user is called by, as it stands in the database. */
export const namesOf = (id: number) =>
  env.DB.prepare('select email, email_key, username from users where id = ?').bind(id).first()
