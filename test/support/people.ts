// Users for tests, each with its own email address, created over the API as any user is.

import { env } from 'cloudflare:workers'
import { type Api, client } from './api.ts'

/** The password of every person. */
export const password = 'a pond of herons'

let count = 0

/** A new address without digits: a password of digits would be too similar to one with digits. */
export function newEmail(name = 'ada') {
  const letters = `${Date.now()}${count++}`.replace(/\d/g, (digit) => 'abcdefghij'.charAt(+digit))
  return `${name}.${letters}@example.com`
}

/** The body of a sign-up. */
export const newPerson = () => ({
  email: newEmail(),
  password,
  first_name: 'Ada',
  last_name: 'Lovelace',
})

interface Options {
  /** The client that signs up; a new one by default. */
  api?: Api
  /** The start of the address. */
  name?: string
  /** Whether to sign up with a username too: the local part of the address. */
  username?: boolean
  staff?: boolean
  /** Makes the person staff, too. */
  superuser?: boolean
}

/** Signs up under these settings, and activates the account if an email requires it. */
export async function person(vars: Record<string, unknown> = {}, options: Options = {}) {
  const { api = client(vars), staff = false, superuser = false } = options
  const email = newEmail(options.name)
  const username = options.username ? email.replace(/@.*/, '') : undefined
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const passwords = { password, re_password: password }
  const { body } = await api.post('/auth/users/', { email, username, ...names, ...passwords })
  const [mail] = await api.mail(email)
  if (mail?.kind === 'activation') {
    await api.post('/auth/users/activation/', { uid: mail.uid, token: mail.token })
  }
  const id = Number(body.id)
  if (staff || superuser) await makeStaff(id, { superuser })
  return { api, email, username, id }
}

/** Signs up, and logs in. */
export async function loggedIn(vars: Record<string, unknown> = {}, options: Options = {}) {
  const user = await person(vars, options)
  const { body } = await logIn(user.api, user)
  return { ...user, access: String(body.access), refresh: String(body.refresh) }
}

/** The id in the row of an address; null if no user has it. */
export const userOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first()

/** Signs up without activating the account. The link is the one of the activation email. */
export async function pendingUser(vars: Record<string, unknown> = {}) {
  const api = client(vars)
  const sent = newPerson()
  const { email } = sent
  const { body } = await api.post('/auth/users/', sent)
  return { api, email, id: Number(body.id), link: await newestLink(api, email) }
}

interface Login {
  email?: string | undefined
  username?: string | undefined
  password?: string
}

/** Logs in, with the password of every person unless there is another. */
export const logIn = (
  api: Pick<Api, 'post'>,
  { email, username, password: secret = password }: Login,
  call?: Parameters<Api['post']>[2],
) => api.post('/auth/jwt/create/', { email, username, password: secret }, call)

/** Requests another email address, with the current password. */
export const setEmail = (api: Api, token: string, new_email: string) =>
  api.post('/auth/users/set_email/', { current_password: password, new_email }, { token })

/** Makes the user staff, and a superuser as `npm run createsuperuser` does. */
export async function makeStaff(id: number, { superuser = false } = {}) {
  const statement = 'update users set is_staff = 1, is_superuser = ? where id = ?'
  await env.DB.prepare(statement).bind(Number(superuser), id).run()
}

/** Changes columns of a user's row: `change` is the `set` clause of the SQL. */
export const changeUser = (id: number, change: string) =>
  env.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()

/** The kinds of the emails to an address, newest first. */
export const kindsTo = async (api: Api, email: string) =>
  (await api.mail(email)).map(({ kind }: { kind: string }) => kind)

/** Requests an email at a path of `/auth/users/`, and returns the link in it. */
export async function linkTo(api: Api, path: string, email: string) {
  await api.post(`/auth/users/${path}/`, { email })
  return newestLink(api, email)
}

/** The link in the newest email to an address. */
export async function newestLink(api: Api, email: string): Promise<{ uid: string; token: string }> {
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}

/** The email and the username of a user's row. */
export const namesOf = (id: number) =>
  env.DB.prepare('select email, email_key, username from users where id = ?').bind(id).first()
