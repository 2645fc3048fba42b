// What is sent to each endpoint, so that it does what it is for.

import { env } from 'cloudflare:workers'
import { newEmail, password } from '../support/people.ts'
import { type Endpoint, newestLink, type World } from './setup.ts'

export type Send = Endpoint['sent']

const another = { new_password: 'a flock of geese' }
const current = { current_password: password }
const names = { first_name: 'Augusta', last_name: 'King' }
const signUp = () => ({ ...names, email: newEmail('new'), password })
export const byAda = ({ ada }: World) => ({ token: ada.access })
export const byRoot = ({ root }: World) => ({ token: root.access })
export const nothing = () => ({})
export const logIn = ({ ada }: World) => ({ json: ada.login, headers: { 'user-agent': 'second' } })
export const logInAtHome = async ({ api, ada }: World) => {
  const headers = { 'cf-connecting-ip': '2001:db8:7::1' }
  await api.post('/auth/jwt/create/', ada.login, { headers })
  return { json: ada.login, headers }
}
export const wronglyAgain = async (world: World) => {
  const call = wrongly(world)
  await world.api.post('/auth/jwt/create/', call.json)
  return call
}
export const wrongly = ({ ada }: World) => ({ json: { ...ada.login, password: 'a wrong one' } })
export const refresh = ({ ada }: World) => ({ json: { refresh: ada.refresh } })
export const idOfAda = ({ ada }: World) => ada.id

/** The link of an account that waits for it. */
export async function pending({ api }: World) {
  const someone = { ...signUp(), email: newEmail('pending') }
  await api.post('/auth/users/', someone)
  return newestLink(api, someone.email)
}

export async function wanted({ api, ada }: World) {
  const new_email = newEmail('wanted')
  const asked = { ...current, new_email, re_new_email: new_email }
  await api.post('/auth/users/set_email/', asked, { token: ada.access })
  return newestLink(api, new_email)
}

/** A used token, which ends its session. */
export async function reused({ api, ada }: World) {
  await api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
  await env.DB.prepare('update sessions set refreshed_at = refreshed_at - 60000').run()
  return { json: { refresh: ada.refresh } }
}

const tokenAt = async ({ api, ada }: World, path: string) =>
  String((await api.post(path, ada.login)).body.token)

export const keyOf = async ({ api, ada }: World) => {
  const { body } = await api.post('/auth/token/login/', ada.login)
  return { headers: { authorization: `Token ${body.auth_token}` } }
}

/** His key was made under a SECRET_KEY that is gone. */
export const logsInForAnotherKey = async (world: World) => {
  await keyOf(world)
  return logIn(world)
}

export async function drfJwtOf(world: World) {
  const token = await tokenAt(world, '/api-token-auth/')
  return { json: { token }, headers: { authorization: `Bearer ${token}` } }
}

export async function rootsDrfJwt({ api, root, ada }: World) {
  const { body } = await api.post('/api-token-auth/', root.login)
  return { json: { user: ada.id }, headers: { authorization: `Bearer ${body.token}` } }
}

export async function disabled({ api, ada, root }: World) {
  await api.post(`/auth/users/${ada.id}/disable/`, undefined, { token: root.access })
  return { token: root.access }
}

export async function sessionOf({ api, ada }: World) {
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
export const asks: Send = ({ ada }) => ({ json: { email: ada.email } })
export const asksHere: Send = ({ ada }) => ({ form: { email: ada.email } })
export const resetsPassword: Send = async ({ link }) => ({
  json: { ...(await link('reset_password')), ...another },
})
export const resetsPasswordHere: Send = async ({ link }) => ({
  form: { ...(await link('reset_password')), ...another, re_new_password: another.new_password },
})
export const resetsEmail: Send = async ({ link }) => ({
  json: { ...(await link('reset_email')), new_email: newEmail('other') },
})
export const resetsEmailHere: Send = async ({ link }) => ({
  form: { ...(await link('reset_email')), new_name: newEmail('other') },
})
export const resetsUsername: Send = async ({ link }) => ({
  json: { ...(await link('reset_username')), new_username: 'countess' },
})
export const verifies: Send = ({ ada }) => ({ json: { token: ada.refresh } })
export const slides: Send = async (world) => ({
  json: { token: await tokenAt(world, '/api/token/sliding/') },
})
export const blacklistsSliding: Send = async (world) => ({
  json: { refresh: await tokenAt(world, '/api/token/sliding/') },
})
export const asksAgain: Send = async (world) => ({ json: { email: await waiting(world) } })
export const asksAgainHere: Send = async (world) => ({ form: { email: await waiting(world) } })

/** The address of an account that is pending, and that no mail waits for. */
async function waiting({ api }: World): Promise<string> {
  const email = newEmail('pending')
  await api.post('/auth/users/', { ...signUp(), email })
  await env.DB.prepare('delete from mail_outbox').run()
  return email
}
