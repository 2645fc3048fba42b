// URL_PREFIX: every route is below it and none outside it, and every URL in a response has it.

import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { makeStaff, newEmail, password } from '../support/people.ts'
import { settings, settingsErrorOf } from '../support/production.ts'
import { rsaPkcs1, rsaPublic } from '../vectors/keys.ts'

const prefix = '/api/v1'
const origin = 'https://auth.test'
const vars = { URL_PREFIX: prefix }

/** A client and an active user below the prefix. */
async function personBelow(more: Record<string, unknown> = {}) {
  const api = client({ ...vars, ...more })
  const email = newEmail()
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const { body } = await api.post(`${prefix}/auth/users/`, { email, password, ...names })
  const [{ uid, token }] = await api.mail(email)
  await api.post(`${prefix}/auth/users/activation/`, { uid, token })
  return { api, email, id: Number(body.id) }
}

test('every step from sign-up to deletion works below the prefix', async () => {
  const { api, email } = await personBelow()
  const login = await api.post(`${prefix}/auth/jwt/create/`, { email, password })
  expect(login.status).toBe(200)
  const { access, refresh } = login.body

  const me = await api.get(`${prefix}/auth/users/me`, { token: access })
  expect(me.body.email).toBe(email)
  expect((await api.get(`${prefix}/auth/users/me.json`, { token: access })).status).toBe(200)
  expect((await api.post(`${prefix}/auth/jwt/refresh/`, { refresh })).status).toBe(200)
  expect((await api.post(`${prefix}/api/token/verify/`, { token: access })).status).toBe(200)
  expect((await api.get(`${prefix}/auth/sessions/`, { token: access })).status).toBe(200)

  const options = { token: access }
  const deleted = await api.delete(
    `${prefix}/auth/users/me/`,
    { current_password: password },
    options,
  )
  expect(deleted.status).toBe(204)
})

test.each([
  '/',
  '/healthz/',
  '/auth/',
  '/auth/users/',
  '/auth/jwt/create/',
  '/.well-known/jwks.json',
  '/activate/',
  '/dev/mailbox/',
  '/api/',
  '/api/v10/healthz/',
  '/api/v1healthz/',
  '/API/V1/healthz/',
  '//api/v1/healthz/',
  '/api/v1/../healthz/',
  '/api/v1/nowhere/',
  '/argon2.wasm',
  '/common-passwords/000.txt',
])('%s answers 404', async (path) => {
  const { status, body } = await client(vars).get(path)
  expect([status, body]).toEqual([404, { detail: 'Not found.' }])
})

test('the prefix itself, with and without a slash, lists the routes', async () => {
  for (const path of [prefix, `${prefix}/`]) {
    const { status, body } = await client(vars).get(path)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      users: `${origin}${prefix}/auth/users/`,
      jwt: `${origin}${prefix}/auth/jwt/create/`,
      health: `${origin}${prefix}/healthz`,
      mailbox: `${origin}${prefix}/dev/mailbox/`,
    })
  }
  const { body } = await client(vars).get(`${prefix}/auth/`)
  expect(body).toEqual({ users: `${origin}${prefix}/auth/users/` })
  expect((await client(vars).get(`${prefix}/healthz`)).body).toEqual({ status: 'ok' })
})

test('next and previous of a list have the prefix', async () => {
  const { api, email, id } = await personBelow({
    DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
    PAGE_SIZE: 1,
  })
  await makeStaff(id)
  await personBelow()
  const { body: pair } = await api.post(`${prefix}/auth/jwt/create/`, { email, password })
  const list = await api.get(`${prefix}/auth/users/?page=1`, { token: pair.access })
  expect(list.body.next).toBe(`${origin}${prefix}/auth/users/?page=2`)
  const second = await api.get(list.body.next.replace(origin, ''), { token: pair.access })
  expect(second.status).toBe(200)
  expect(second.body.previous).toBe(`${origin}${prefix}/auth/users/`)
})

test('the form that a mailed link opens posts below the prefix', async () => {
  const { api, email } = await personBelow()
  await api.post(`${prefix}/auth/users/reset_password/`, { email })
  const [{ url, text, html, uid, token }] = await api.mail(email)
  expect(url).toBe(`${origin}${prefix}/reset-password/?uid=${uid}&token=${token}`)
  expect(text).toContain(`${origin}${prefix}/reset-password/`)
  expect(html).toContain(`${origin}${prefix}/reset-password/`)

  const page = await api.get(url.replace(origin, ''))
  expect(page.status).toBe(200)
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page.body) ?? []
  expect(action).toBe(`${prefix}/reset-password/`)

  const words = 'a flock of geese'
  const form = { uid, token, new_password: words, re_new_password: words }
  expect((await api.send('POST', action, { form })).status).toBe(200)
  const again = await api.post(`${prefix}/auth/jwt/create/`, { email, password: words })
  expect(again.status).toBe(200)
})

test('every page posts to itself below the prefix', async () => {
  const { api, email } = await personBelow({ EMAIL_CHANGE_CONFIRMATION: true })
  const { body } = await api.post(`${prefix}/auth/jwt/create/`, { email, password })
  const [activation] = await api.mail(email)
  await api.post(`${prefix}/auth/users/reset_password/`, { email })
  const [password_reset] = await api.mail(email)
  await api.post(`${prefix}/auth/users/reset_email/`, { email })
  const [username_reset] = await api.mail(email)
  const change = { current_password: password, new_email: newEmail() }
  await api.post(`${prefix}/auth/users/set_email/`, change, { token: body.access })
  const [email_change] = await api.mail(change.new_email)

  for (const [page, mail] of Object.entries({
    activate: activation,
    'reset-password': password_reset,
    'reset-username': username_reset,
    'change-email': email_change,
  })) {
    expect(mail.url).toContain(`${origin}${prefix}/${page}/?`)
    const { body: shown } = await api.get(mail.url.replace(origin, ''))
    const actions = [...shown.matchAll(/ action="([^"]*)"/g)].map(([, action]) => action)
    // A used link opens a page without a form.
    expect(actions).toEqual(page === 'activate' ? [] : [`${prefix}/${page}/`])
  }
})

test('the page for a link that does not work requests a new link below the prefix', async () => {
  for (const page of ['activate', 'reset-password', 'reset-username', 'change-email']) {
    const { body } = await client(vars).get(`${prefix}/${page}/?uid=MQ&token=t`)
    const actions = [...body.matchAll(/ action="([^"]*)"/g)].map(([, action]) => action)
    for (const action of actions) expect(action).toMatch(/^\/api\/v1\/[a-z-]+\/again\/$/)
  }
})

test('a page of the deployer’s own gets no prefix', async () => {
  const own = { PASSWORD_RESET_CONFIRM_URL: 'reset/{uid}/{token}' }
  const { api, email } = await personBelow({ ...own, EMAIL_FRONTEND_DOMAIN: 'app.example.com' })
  await api.post(`${prefix}/auth/users/reset_password/`, { email })
  const [{ url, uid, token }] = await api.mail(email)
  expect(url).toBe(`https://app.example.com/reset/${uid}/${token}`)
})

test('the mailbox shows commands with the prefix', async () => {
  const { api } = await personBelow()
  const { body } = await api.get(`${prefix}/dev/mailbox/`, { headers: { accept: 'text/html' } })
  expect(body).toContain(`curl ${origin}${prefix}/dev/mailbox/`)
})

test('the published keys are below the prefix', async () => {
  const pair = { ALGORITHM: 'RS256', SIGNING_KEY: rsaPkcs1, VERIFYING_KEY: rsaPublic }
  const { status, body } = await client({ ...vars, ...pair }).get(`${prefix}/.well-known/jwks.json`)
  expect([status, body.keys.length]).toEqual([200, 1])
})

test('DISABLED_ROUTES names the same routes as without a prefix', async () => {
  const api = client({ ...vars, DISABLED_ROUTES: 'jwt' })
  expect((await api.post(`${prefix}/auth/jwt/create/`, {})).status).toBe(404)
  expect((await api.post(`${prefix}/api/token/`, {})).status).toBe(400)
})

test('drf-jwt’s cookie has the prefix as its path, and the two __Host- cookies have "/"', async () => {
  const drfJwt = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', JWT_AUTH_COOKIE: 'jwt' }
  const { api, email } = await personBelow({ ...drfJwt, AUTH_COOKIES: true })
  const login = await api.post(`${prefix}/api-token-auth/`, { email, password })
  expect(login.headers.get('set-cookie')).toMatch(/^jwt=[^;]+; .*Path=\/api\/v1;/)

  const { headers } = await api.post(`${prefix}/auth/jwt/create/`, { email, password })
  const cookies = headers.getSetCookie()
  expect(cookies).toHaveLength(2)
  for (const cookie of cookies) expect(cookie).toMatch(/^__Host-\w+=[^;]+; .*Path=\/;/)
})

test('JWT_AUTH_COOKIE_PATH overrides the prefix, and a __Host- name keeps "/"', () => {
  const pathOf = (more: object) => settings({ URL_PREFIX: '/api', ...more }).drfJwt.cookiePath
  expect(pathOf({})).toBe('/api')
  expect(pathOf({ JWT_AUTH_COOKIE_PATH: '/' })).toBe('/')
  expect(pathOf({ JWT_AUTH_COOKIE: '__Host-jwt' })).toBe('/')
  expect(settings().drfJwt.cookiePath).toBe('/')
})

test('a final slash is ignored, and "/" is no prefix', () => {
  expect(settings({ URL_PREFIX: '/api/v1/' }).urlPrefix).toBe('/api/v1')
  expect(settings({ URL_PREFIX: '/' }).urlPrefix).toBe('')
  expect(settings().urlPrefix).toBe('')
})

test.each([
  ['api/v1', '/api/v1'],
  ['https://auth.example.com/api/', '/api'],
  ['/api/v1?x=1', '/api/v1'],
  ['//api//v1//', '/api/v1'],
  ['/api#x', '/api'],
])('the error for the prefix %j suggests %j', (value, nearest) => {
  expect(settingsErrorOf({ URL_PREFIX: value })).toBe(
    `URL_PREFIX is "${value}"; it must be a path that begins with "/". Write "${nearest}".`,
  )
})

test.each(['/a b', '/api/../v1', '/api/./v1', '/äpi', '/%41pi', '/a;b', '/a"b', '/a<b>'])(
  'the prefix %j is rejected',
  async (value) => {
    expect(settingsErrorOf({ URL_PREFIX: value })).toContain(
      'it must be a path that begins with "/"',
    )
    const { status } = await client({ URL_PREFIX: value }).get('/healthz/')
    expect(status).toBe(500)
  },
)
