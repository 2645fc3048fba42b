// The request to each endpoint that makes the endpoint do its work.

import { env } from 'cloudflare:workers'
import { logIn, newEmail, password } from '../support/people.ts'
import { type Endpoint, newestLink, type Setup } from './setup.ts'

export type MakeRequest = Endpoint['request']

const newPassword = { new_password: 'a flock of geese' }
const currentPassword = { current_password: password }
const names = { first_name: 'Augusta', last_name: 'King' }
const newUser = () => ({ ...names, email: newEmail('new'), password })
export const byAda = ({ ada }: Setup) => ({ token: ada.access })
export const byRoot = ({ root }: Setup) => ({ token: root.access })
export const emptyRequest = () => ({})
export const login = ({ ada }: Setup) => ({ json: ada.login, headers: { 'user-agent': 'second' } })
/** DRF's endpoint calls the login name `username`, whatever LOGIN_FIELD is. */
export const authtokenLogin = (setup: Setup) => ({
  ...login(setup),
  json: { username: setup.ada.email, password },
})
export const loginFromKnownNetwork = async ({ api, ada }: Setup) => {
  const headers = { 'cf-connecting-ip': '2001:db8:7::1' }
  await logIn(api, ada.login, { headers })
  return { json: ada.login, headers }
}
export const secondWrongLogin = async (setup: Setup) => {
  const call = wrongLogin(setup)
  await logIn(setup.api, call.json)
  return call
}
export const wrongLogin = ({ ada }: Setup) => ({ json: { ...ada.login, password: 'a wrong one' } })
export const refresh = ({ ada }: Setup) => ({ json: { refresh: ada.refresh } })
export const idOfAda = ({ ada }: Setup) => ada.id

/** The link in the activation email of a pending account. */
export async function activationLink({ api }: Setup) {
  const user = { ...newUser(), email: newEmail('pending') }
  await api.post('/auth/users/', user)
  return newestLink(api, user.email)
}

export async function emailChangeLink({ api, ada }: Setup) {
  const new_email = newEmail('next')
  const change = { ...currentPassword, new_email, re_new_email: new_email }
  await api.post('/auth/users/set_email/', change, { token: ada.access })
  return newestLink(api, new_email)
}

/** A refresh token that was used before. It revokes its session. */
export async function reusedRefresh({ api, ada }: Setup) {
  await api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
  await env.DB.prepare('update sessions set refreshed_at = refreshed_at - 60000').run()
  return { json: { refresh: ada.refresh } }
}

const tokenFrom = async ({ api, ada }: Setup, path: string) =>
  String((await api.post(path, ada.login)).body.token)

export const byKey = async ({ api, ada }: Setup) => {
  const { body } = await api.post('/auth/token/login/', ada.login)
  return { headers: { authorization: `Token ${body.auth_token}` } }
}

/** A login whose authtoken key was made under another SECRET_KEY. */
export const loginForAnotherKey = async (setup: Setup) => {
  await byKey(setup)
  return login(setup)
}

export async function byDrfJwt(setup: Setup) {
  const token = await tokenFrom(setup, '/api-token-auth/')
  return { json: { token }, headers: { authorization: `Bearer ${token}` } }
}

export async function impersonation({ api, root, ada }: Setup) {
  const { body } = await api.post('/api-token-auth/', root.login)
  return { json: { user: ada.id }, headers: { authorization: `Bearer ${body.token}` } }
}

export async function enabling({ api, ada, root }: Setup) {
  await api.post(`/auth/users/${ada.id}/disable/`, undefined, { token: root.access })
  return { token: root.access }
}

export async function idOfSession({ api, ada }: Setup) {
  const { body } = await api.get('/auth/sessions/', { token: ada.access })
  return body[0].id
}

export const registration: MakeRequest = () => ({ json: newUser() })
export const registrationByName: MakeRequest = () => ({
  json: { ...newUser(), username: 'newcomer' },
})
export const newNames: MakeRequest = ({ ada }) => ({ json: names, token: ada.access })
export const newNamesByRoot: MakeRequest = ({ root }) => ({ json: names, token: root.access })
export const newAddress: MakeRequest = ({ ada }) => ({
  json: { email: newEmail('other') },
  token: ada.access,
})
export const newAddressWithPassword: MakeRequest = ({ ada }) => ({
  json: { ...currentPassword, email: newEmail('other') },
  token: ada.access,
})
export const deletion: MakeRequest = ({ ada }) => ({ json: currentPassword, token: ada.access })
export const deletionByRoot: MakeRequest = ({ root }) => ({
  json: currentPassword,
  token: root.access,
})
export const passwordChange: MakeRequest = ({ ada }) => ({
  json: { ...currentPassword, ...newPassword },
  token: ada.access,
})
export const emailChange: MakeRequest = ({ ada }) => ({
  json: { ...currentPassword, new_email: newEmail('other') },
  token: ada.access,
})
export const usernameChange: MakeRequest = ({ ada }) => ({
  json: { ...currentPassword, new_username: 'countess' },
  token: ada.access,
})
export const linkRequest: MakeRequest = ({ ada }) => ({ json: { email: ada.email } })
export const linkForm: MakeRequest = ({ ada }) => ({ form: { email: ada.email } })
export const passwordReset: MakeRequest = async ({ link }) => ({
  json: { ...(await link('reset_password')), ...newPassword },
})
export const passwordResetForm: MakeRequest = async ({ link }) => ({
  form: {
    ...(await link('reset_password')),
    ...newPassword,
    re_new_password: newPassword.new_password,
  },
})
export const emailReset: MakeRequest = async ({ link }) => ({
  json: { ...(await link('reset_email')), new_email: newEmail('other') },
})
export const emailResetForm: MakeRequest = async ({ link }) => ({
  form: { ...(await link('reset_email')), new_name: newEmail('other') },
})
export const usernameReset: MakeRequest = async ({ link }) => ({
  json: { ...(await link('reset_username')), new_username: 'countess' },
})
export const verification: MakeRequest = ({ ada }) => ({ json: { token: ada.refresh } })
export const slidingRefresh: MakeRequest = async (setup) => ({
  json: { token: await tokenFrom(setup, '/api/token/sliding/') },
})
export const slidingBlacklist: MakeRequest = async (setup) => ({
  json: { refresh: await tokenFrom(setup, '/api/token/sliding/') },
})
export const activationRequest: MakeRequest = async (setup) => ({
  json: { email: await pendingAddress(setup) },
})
export const activationForm: MakeRequest = async (setup) => ({
  form: { email: await pendingAddress(setup) },
})

/** Creates a pending account without a queued email. Returns its address. */
async function pendingAddress({ api }: Setup): Promise<string> {
  const email = newEmail('pending')
  await api.post('/auth/users/', { ...newUser(), email })
  await env.DB.prepare('delete from mail_outbox').run()
  return email
}
