// Every endpoint, with a request that does what it is for.

import { env } from 'cloudflare:workers'
import { newEmail, password } from '../people.ts'
import {
  byName,
  challenging,
  graceless,
  mustActivate,
  oldHash,
  provenFirst,
  rotation,
  sliding,
  styria,
} from './settings.ts'
import { type Endpoint, newestLink, type World } from './world.ts'

type Send = Endpoint['sent']

const another = { new_password: 'a flock of geese' }
const current = { current_password: password }
const names = { first_name: 'Augusta', last_name: 'King' }
const signUp = () => ({ ...names, email: newEmail('new'), password })
const byAda = ({ ada }: World) => ({ token: ada.access })
const byRoot = ({ root }: World) => ({ token: root.access })
const nothing = () => ({})
const logIn = ({ ada }: World) => ({ json: ada.login, headers: { 'user-agent': 'second' } })
const logInAtHome = async ({ api, ada }: World) => {
  const headers = { 'cf-connecting-ip': '2001:db8:7::1' }
  await api.post('/auth/jwt/create/', ada.login, { headers })
  return { json: ada.login, headers }
}
const wronglyAgain = async (world: World) => {
  const call = wrongly(world)
  await world.api.post('/auth/jwt/create/', call.json)
  return call
}
const wrongly = ({ ada }: World) => ({ json: { ...ada.login, password: 'a wrong one' } })
const refresh = ({ ada }: World) => ({ json: { refresh: ada.refresh } })
const idOfAda = ({ ada }: World) => ada.id

/** The link of an account that waits for it. */
async function pending({ api }: World) {
  const someone = { ...signUp(), email: newEmail('pending') }
  await api.post('/auth/users/', someone)
  return newestLink(api, someone.email)
}

async function wanted({ api, ada }: World) {
  const new_email = newEmail('wanted')
  const asked = { ...current, new_email, re_new_email: new_email }
  await api.post('/auth/users/set_email/', asked, { token: ada.access })
  return newestLink(api, new_email)
}

/** A used token, which ends its session. */
async function reused({ api, ada }: World) {
  await api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
  await env.DB.prepare('update sessions set refreshed_at = refreshed_at - 60000').run()
  return { json: { refresh: ada.refresh } }
}

const tokenAt = async ({ api, ada }: World, path: string) =>
  String((await api.post(path, ada.login)).body.token)

const keyOf = async ({ api, ada }: World) => {
  const { body } = await api.post('/auth/token/login/', ada.login)
  return { headers: { authorization: `Token ${body.auth_token}` } }
}

/** His key was made under a SECRET_KEY that is gone. */
const logsInForAnotherKey = async (world: World) => {
  await keyOf(world)
  return logIn(world)
}

async function drfJwtOf(world: World) {
  const token = await tokenAt(world, '/api-token-auth/')
  return { json: { token }, headers: { authorization: `Bearer ${token}` } }
}

async function rootsDrfJwt({ api, root, ada }: World) {
  const { body } = await api.post('/api-token-auth/', root.login)
  return { json: { user: ada.id }, headers: { authorization: `Bearer ${body.token}` } }
}

async function disabled({ api, ada, root }: World) {
  await api.post(`/auth/users/${ada.id}/disable/`, undefined, { token: root.access })
  return { token: root.access }
}

async function sessionOf({ api, ada }: World) {
  const { body } = await api.get('/auth/sessions/', { token: ada.access })
  return body[0].id
}

const signsUp: Send = () => ({ json: signUp() })
const signsUpByName: Send = () => ({ json: { ...signUp(), username: 'newcomer' } })
const renames: Send = ({ ada }) => ({ json: names, token: ada.access })
const renamesAda: Send = ({ root }) => ({ json: names, token: root.access })
const otherAddress: Send = ({ ada }) => ({ json: { email: newEmail('other') }, token: ada.access })
const deletes: Send = ({ ada }) => ({ json: current, token: ada.access })
const deletesAda: Send = ({ root }) => ({ json: current, token: root.access })
const setsPassword: Send = ({ ada }) => ({ json: { ...current, ...another }, token: ada.access })
const setsEmail: Send = ({ ada }) => ({
  json: { ...current, new_email: newEmail('other') },
  token: ada.access,
})
const setsUsername: Send = ({ ada }) => ({
  json: { ...current, new_username: 'countess' },
  token: ada.access,
})
const asks: Send = ({ ada }) => ({ json: { email: ada.email } })
const resetsPassword: Send = async ({ link }) => ({
  json: { ...(await link('reset_password')), ...another },
})
const resetsPasswordHere: Send = async ({ link }) => ({
  form: { ...(await link('reset_password')), ...another, re_new_password: another.new_password },
})
const resetsEmail: Send = async ({ link }) => ({
  json: { ...(await link('reset_email')), new_email: newEmail('other') },
})
const resetsEmailHere: Send = async ({ link }) => ({
  form: { ...(await link('reset_email')), new_name: newEmail('other') },
})
const resetsUsername: Send = async ({ link }) => ({
  json: { ...(await link('reset_username')), new_username: 'countess' },
})
const verifies: Send = ({ ada }) => ({ json: { token: ada.refresh } })
const slides: Send = async (world) => ({
  json: { token: await tokenAt(world, '/api/token/sliding/') },
})
const blacklistsSliding: Send = async (world) => ({
  json: { refresh: await tokenAt(world, '/api/token/sliding/') },
})
const asksAgain: Send = async ({ api }) => {
  const email = newEmail('pending')
  await api.post('/auth/users/', { ...signUp(), email })
  await env.DB.prepare('delete from mail_outbox').run()
  return { json: { email } }
}

const to = (route: string, sent: Send, more: Omit<Endpoint, 'route' | 'sent'> = {}): Endpoint => ({
  route,
  sent,
  ...more,
})

const asked = (path: string) => to(`GET ${path}`, nothing)
export const endpoints: Endpoint[] = [
  ...['/', '/healthz/', '/.well-known/jwks.json', '/dev/mailbox/', '/auth/', '/activate/'].map(
    asked,
  ),
  ...['/reset-password/', '/reset-username/', '/change-email/'].map(asked),
  to('GET /api/protected-endpoint/', byAda),
  to('GET /auth/users/', byAda),
  to('GET /auth/users/me/', byAda),
  to('GET /auth/users/me/', keyOf, { where: 'by key' }),
  to('GET /auth/users/:id/', byRoot, { id: idOfAda }),
  to('GET /auth/users/me/events/', byAda),
  to('GET /auth/users/me/export/', byAda),
  to('GET /auth/users/:id/events/', byRoot, { id: idOfAda }),
  to('GET /auth/sessions/', byAda),
  to('POST /auth/users/', signsUp),
  to('POST /auth/users/', signsUp, { where: 'to be activated', vars: mustActivate }),
  to('POST /auth/users/', signsUpByName, { where: 'by username', vars: byName }),
  to('POST /auth/users/', signsUp, {
    where: 'without mail',
    vars: { SEND_CONFIRMATION_EMAIL: false },
  }),
  to('POST /register/', signsUp),
  to('POST /register/', signsUp, { where: 'a key', vars: { REGISTER_TOKENS: 'authtoken' } }),
  to('POST /auth/users/activation/', async (world) => ({ json: await pending(world) }), {
    vars: mustActivate,
  }),
  to('POST /activate/', async (world) => ({ form: await pending(world) }), { vars: mustActivate }),
  to('POST /auth/users/resend_activation/', asksAgain, { vars: mustActivate }),
  to('PUT /auth/users/me/', renames),
  to('PATCH /auth/users/me/', renames),
  to('PATCH /auth/users/me/', otherAddress, {
    where: 'another address',
    vars: { ...mustActivate, ...byName },
    earlier: { SEND_ACTIVATION_EMAIL: false },
  }),
  to('PUT /auth/users/:id/', renamesAda, { id: idOfAda }),
  to('PATCH /auth/users/:id/', renamesAda, { id: idOfAda }),
  to('DELETE /auth/users/me/', deletes),
  to('DELETE /auth/users/:id/', deletesAda, { id: idOfAda }),
  to('POST /auth/users/:id/disable/', byRoot, { id: idOfAda }),
  to('POST /auth/users/:id/enable/', disabled, { id: idOfAda }),
  to('POST /auth/users/set_password/', setsPassword, {
    vars: { LOGOUT_ON_PASSWORD_CHANGE: true },
  }),
  to('POST /auth/users/reset_password/', asks),
  to('POST /auth/users/reset_email/', asks),
  to('POST /auth/users/reset_username/', asks, { vars: byName }),
  to('POST /auth/users/reset_password_confirm/', resetsPassword),
  to('POST /reset-password/', resetsPasswordHere),
  to('POST /auth/users/set_email/', setsEmail),
  to('POST /auth/users/set_email/', setsEmail, { where: 'to be proven', vars: provenFirst }),
  to('POST /auth/users/set_username/', setsUsername, { vars: byName }),
  to('POST /auth/users/reset_email_confirm/', resetsEmail),
  to('POST /auth/users/reset_email_confirm/', resetsEmail, {
    where: 'to be proven',
    vars: provenFirst,
  }),
  to('POST /reset-username/', resetsEmailHere),
  to('POST /auth/users/reset_username_confirm/', resetsUsername, { vars: byName }),
  to('POST /auth/users/set_email_confirm/', async (world) => ({ json: await wanted(world) }), {
    vars: provenFirst,
  }),
  to('POST /change-email/', async (world) => ({ form: await wanted(world) }), {
    vars: provenFirst,
  }),
  to('POST /auth/jwt/create/', logIn),
  to('POST /auth/jwt/create/', logIn, { where: 'with an old hash', ...oldHash }),
  to('POST /auth/jwt/create/', logInAtHome, { where: 'where a session is' }),
  to('POST /auth/jwt/create/', wrongly, { where: 'wrongly', refused: 401 }),
  to('POST /auth/jwt/create/', wronglyAgain, { where: 'wrongly again', refused: 401 }),
  to('POST /auth/jwt/create/', wronglyAgain, {
    where: 'unchallenged',
    vars: challenging,
    refused: 400,
  }),
  to('POST /api/token/', logIn, { where: 'one too many', vars: { MAX_SESSIONS: 1 } }),
  to('POST /auth/jwt/refresh/', refresh),
  to('POST /auth/jwt/refresh/', refresh, { where: 'rotating', vars: rotation }),
  to('POST /auth/jwt/refresh/', reused, { where: 'a used one', vars: rotation, refused: 401 }),
  to('POST /auth/jwt/refresh/', refresh, { where: 'no grace', vars: graceless }),
  to('POST /api/token/refresh/', refresh),
  to('POST /auth/jwt/verify/', verifies, { vars: rotation }),
  to('POST /api/token/verify/', verifies, { vars: rotation }),
  to('POST /api/token/blacklist/', refresh),
  to('POST /api/token/blacklist/', blacklistsSliding, { where: 'sliding', vars: sliding }),
  to('POST /api/token/sliding/', logIn, { vars: sliding }),
  to('POST /api/token/sliding/', logIn, {
    where: 'with an old hash',
    vars: { ...oldHash.vars, ...sliding },
    earlier: oldHash.earlier,
  }),
  to('POST /api/token/sliding/refresh/', slides, { vars: sliding }),
  to('POST /auth/jwt/logout/', refresh),
  to('POST /auth/jwt/logout/', byAda, { where: 'by access token' }),
  to('DELETE /auth/sessions/', byAda),
  to('DELETE /auth/sessions/:id/', byAda, { id: sessionOf }),
  to('DELETE /auth/sessions/:id/', byRoot, { where: 'by staff', id: sessionOf }),
  to('POST /auth/token/login/', logIn),
  to('POST /auth/token/login/', logIn, { where: 'with an old hash', ...oldHash }),
  to('POST /auth/token/login/', logsInForAnotherKey, {
    where: 'another key',
    vars: { SECRET_KEY: 'another secret key of more than 32 bytes' },
    earlier: { SECRET_KEY: env.SECRET_KEY },
  }),
  to('POST /auth/token/logout/', keyOf),
  to('POST /api-token-auth/', logIn),
  to('POST /api-token-auth/', logIn, { where: 'drf-jwt', vars: styria }),
  to('POST /api-token-verify/', drfJwtOf, { vars: styria }),
  to('POST /api-token-refresh/', drfJwtOf, { vars: styria }),
  to('POST /auth/impersonate/', rootsDrfJwt, { vars: styria }),
  to('POST /auth/logout/', drfJwtOf, { vars: styria }),
]
