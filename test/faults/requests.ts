// The request to each endpoint that makes the endpoint do its work.

import { env } from 'cloudflare:workers'
import { logIn, newEmail, password } from '../support/people.ts'
import { type Endpoint, newestLink, type Setup } from './setup.ts'

export type Send = Endpoint['sent']

const another = { new_password: 'a flock of geese' }
const current = { current_password: password }
const names = { first_name: 'Augusta', last_name: 'King' }
const signUp = () => ({ ...names, email: newEmail('new'), password })
export const byAda = ({ ada }: Setup) => ({ token: ada.access })
export const byRoot = ({ root }: Setup) => ({ token: root.access })
export const nothing = () => ({})
export const logsIn = ({ ada }: Setup) => ({ json: ada.login, headers: { 'user-agent': 'second' } })
/** DRF's own endpoint calls the login name `username`, whatever LOGIN_FIELD is. */
export const obtainsKey = (setup: Setup) => ({
  ...logsIn(setup),
  json: { username: setup.ada.email, password },
})
export const logsInFromKnownNetwork = async ({ api, ada }: Setup) => {
  const headers = { 'cf-connecting-ip': '2001:db8:7::1' }
  await logIn(api, ada.login, { headers })
  return { json: ada.login, headers }
}
export const failsLoginAgain = async (setup: Setup) => {
  const call = failsLogin(setup)
  await logIn(setup.api, call.json)
  return call
}
export const failsLogin = ({ ada }: Setup) => ({ json: { ...ada.login, password: 'a wrong one' } })
export const refresh = ({ ada }: Setup) => ({ json: { refresh: ada.refresh } })
export const idOfAda = ({ ada }: Setup) => ada.id

/** The activation link of a pending account. */
export async function pending({ api }: Setup) {
  const someone = { ...signUp(), email: newEmail('pending') }
  await api.post('/auth/users/', someone)
  return newestLink(api, someone.email)
}

export async function requestedChange({ api, ada }: Setup) {
  const new_email = newEmail('wanted')
  const change = { ...current, new_email, re_new_email: new_email }
  await api.post('/auth/users/set_email/', change, { token: ada.access })
  return newestLink(api, new_email)
}

/** A used refresh token, which revokes its session. */
export async function reused({ api, ada }: Setup) {
  await api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
  await env.DB.prepare('update sessions set refreshed_at = refreshed_at - 60000').run()
  return { json: { refresh: ada.refresh } }
}

const tokenAt = async ({ api, ada }: Setup, path: string) =>
  String((await api.post(path, ada.login)).body.token)

export const keyOf = async ({ api, ada }: Setup) => {
  const { body } = await api.post('/auth/token/login/', ada.login)
  return { headers: { authorization: `Token ${body.auth_token}` } }
}

/** A login whose authtoken key was made under another SECRET_KEY. */
export const logsInForAnotherKey = async (setup: Setup) => {
  await keyOf(setup)
  return logsIn(setup)
}

export async function drfJwtOf(setup: Setup) {
  const token = await tokenAt(setup, '/api-token-auth/')
  return { json: { token }, headers: { authorization: `Bearer ${token}` } }
}

export async function rootsDrfJwt({ api, root, ada }: Setup) {
  const { body } = await api.post('/api-token-auth/', root.login)
  return { json: { user: ada.id }, headers: { authorization: `Bearer ${body.token}` } }
}

export async function disabled({ api, ada, root }: Setup) {
  await api.post(`/auth/users/${ada.id}/disable/`, undefined, { token: root.access })
  return { token: root.access }
}

export async function sessionOf({ api, ada }: Setup) {
  const { body } = await api.get('/auth/sessions/', { token: ada.access })
  return body[0].id
}

export const signsUp: Send = () => ({ json: signUp() })
export const signsUpByName: Send = () => ({ json: { ...signUp(), username: 'newcomer' } })
export const renames: Send = ({ ada }) => ({ json: names, token: ada.access })
export const renamesAda: Send = ({ root }) => ({ json: names, token: root.access })
export const otherAddress: Send = ({ ada }) => ({
  json: { email: newEmail('other') },
  token: ada.access,
})
export const otherAddressProven: Send = ({ ada }) => ({
  json: { ...current, email: newEmail('other') },
  token: ada.access,
})
export const deletes: Send = ({ ada }) => ({ json: current, token: ada.access })
export const deletesAda: Send = ({ root }) => ({ json: current, token: root.access })
export const setsPassword: Send = ({ ada }) => ({
  json: { ...current, ...another },
  token: ada.access,
})
export const setsEmail: Send = ({ ada }) => ({
  json: { ...current, new_email: newEmail('other') },
  token: ada.access,
})
export const setsUsername: Send = ({ ada }) => ({
  json: { ...current, new_username: 'countess' },
  token: ada.access,
})
export const requestsLink: Send = ({ ada }) => ({ json: { email: ada.email } })
export const requestsLinkInForm: Send = ({ ada }) => ({ form: { email: ada.email } })
export const resetsPassword: Send = async ({ link }) => ({
  json: { ...(await link('reset_password')), ...another },
})
export const resetsPasswordInForm: Send = async ({ link }) => ({
  form: { ...(await link('reset_password')), ...another, re_new_password: another.new_password },
})
export const resetsEmail: Send = async ({ link }) => ({
  json: { ...(await link('reset_email')), new_email: newEmail('other') },
})
export const resetsEmailInForm: Send = async ({ link }) => ({
  form: { ...(await link('reset_email')), new_name: newEmail('other') },
})
export const resetsUsername: Send = async ({ link }) => ({
  json: { ...(await link('reset_username')), new_username: 'countess' },
})
export const verifies: Send = ({ ada }) => ({ json: { token: ada.refresh } })
export const slides: Send = async (setup) => ({
  json: { token: await tokenAt(setup, '/api/token/sliding/') },
})
export const blacklistsSliding: Send = async (setup) => ({
  json: { refresh: await tokenAt(setup, '/api/token/sliding/') },
})
export const requestsActivation: Send = async (setup) => ({ json: { email: await waiting(setup) } })
export const requestsActivationInForm: Send = async (setup) => ({
  form: { email: await waiting(setup) },
})

/** The address of a pending account without a queued email. */
async function waiting({ api }: Setup): Promise<string> {
  const email = newEmail('pending')
  await api.post('/auth/users/', { ...signUp(), email })
  await env.DB.prepare('delete from mail_outbox').run()
  return email
}
