// How often each request goes to D1 and back when it succeeds: the ocean that clients pay for.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from './api.ts'
import { loggedIn, makeStaff, newEmail, password } from './people.ts'
import { gated, isDelivery } from './trips.ts'

const newPassword = 'a flock of herons'

/** An API client whose trips are counted, but for those that deliver mail after the answer. */
function counting(vars: Record<string, unknown> = {}) {
  let trips = 0
  const DB = gated(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { api: client({ DB, ...vars }), trips: () => trips }
}

const person = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

test('POST /auth/users/ takes 1 trip, and 2 when it is refused', async () => {
  const { api, trips } = counting()
  const someone = person()

  expect((await api.post('/auth/users/', someone)).status).toBe(201)
  expect(trips()).toBe(1)
  expect((await api.post('/auth/users/', { ...someone, password: '1' })).status).toBe(400)
  expect(trips()).toBe(2)
})

test('POST /register/ takes 2, and 1 where the account must be activated', async () => {
  for (const [mustActivate, budget] of [
    [false, 2],
    [true, 1],
  ]) {
    const { api, trips } = counting({ REGISTER: true, SEND_ACTIVATION_EMAIL: mustActivate })
    expect((await api.post('/register/', person())).body.status).toBe(200)
    expect(trips()).toBe(budget)
  }
})

test('resend_activation, reset_password and reset_email take 1, for known and unknown', async () => {
  const { email } = await loggedIn()
  for (const name of ['resend_activation', 'reset_password', 'reset_email']) {
    const path = `/auth/users/${name}/`
    for (const address of [email, newEmail()]) {
      const { api, trips } = counting()
      expect((await api.post(path, { email: address })).status).toBe(204)
      expect(trips(), path).toBe(1)
    }
  }
})

test('activation takes 2', async () => {
  const someone = person()
  const before = client()
  await before.post('/auth/users/', someone)
  const [{ uid, token }] = await before.mail(someone.email)

  const { api, trips } = counting()
  expect((await api.post('/auth/users/activation/', { uid, token })).status).toBe(204)
  expect(trips()).toBe(2)
})

test('jwt/create takes 2, also where it sets the last log-in and hashes again', async () => {
  const { email } = await loggedIn()
  for (const vars of [{}, { UPDATE_LAST_LOGIN: true, ARGON2_MEMORY_COST: 128 }]) {
    const { api, trips } = counting(vars)
    expect((await api.post('/auth/jwt/create/', { email, password })).status).toBe(200)
    expect(trips()).toBe(2)
  }
})

test('token/login and token/logout take 2, a request by its key 1', async () => {
  const { email } = await loggedIn()
  const { api, trips } = counting()
  const { body } = await api.post('/auth/token/login/', { email, password })
  expect(trips()).toBe(2)
  const key = { headers: { authorization: `Token ${body.auth_token}` } }
  expect((await api.get('/auth/users/me/', key)).status).toBe(200)
  expect(trips()).toBe(3)
  expect((await api.post('/auth/token/logout/', undefined, key)).status).toBe(204)
  expect(trips()).toBe(5)
})

test('jwt/refresh takes 1, with and without rotation', async () => {
  for (const vars of [{}, { ROTATE_REFRESH_TOKENS: true }, rotation]) {
    const { refresh } = await loggedIn(vars)
    const { api, trips } = counting(vars)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect(trips()).toBe(1)
  }
})

test('jwt/verify takes 0, and 1 for a refresh token with the blacklist on', async () => {
  const { access, refresh } = await loggedIn()
  const off = counting()
  for (const token of [access, refresh]) {
    expect((await off.api.post('/auth/jwt/verify/', { token })).status).toBe(200)
  }
  expect(off.trips()).toBe(0)

  const on = counting(rotation)
  expect((await on.api.post('/auth/jwt/verify/', { token: access })).status).toBe(200)
  expect(on.trips()).toBe(0)
  expect((await on.api.post('/auth/jwt/verify/', { token: refresh })).status).toBe(200)
  expect(on.trips()).toBe(1)
})

test('jwt/blacklist takes 1', async () => {
  const { refresh } = await loggedIn()
  const { api, trips } = counting()
  expect((await api.post('/api/token/blacklist/', { refresh })).status).toBe(200)
  expect(trips()).toBe(1)
})

test('sliding tokens take 2 at log-in and 1 for refresh, blacklist and each use', async () => {
  const { email } = await loggedIn()
  const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
  const { api, trips } = counting(vars)
  const { body } = await api.post('/api/token/sliding/', { email, password })
  expect(trips()).toBe(2)
  expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(200)
  expect(trips()).toBe(3)
  expect((await api.post('/api/token/sliding/refresh/', { token: body.token })).status).toBe(200)
  expect(trips()).toBe(4)
  expect((await api.post('/api/token/blacklist/', { refresh: body.token })).status).toBe(200)
  expect(trips()).toBe(5)

  const writing = counting({ UPDATE_LAST_LOGIN: true })
  expect((await writing.api.post('/api/token/sliding/', { email, password })).status).toBe(200)
  expect(writing.trips()).toBe(2)
})

test('GET of oneself, the list and the protected endpoint take 1, also for staff', async () => {
  const { access, id } = await loggedIn()
  const paths = [
    '/auth/users/me/',
    '/auth/users/',
    `/auth/users/${id}/`,
    '/api/protected-endpoint/',
  ]
  for (const isStaff of [0, 1]) {
    await env.DB.prepare('update users set is_staff = ? where id = ?').bind(isStaff, id).run()
    for (const path of paths) {
      const { api, trips } = counting()
      expect((await api.get(path, { token: access })).status).toBe(200)
      expect(trips(), path).toBe(1)
    }
  }
})

const pages = {
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 2,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}

test('a page of the list takes 1, however it is searched and ordered', async () => {
  const { access, id } = await loggedIn()
  for (const isStaff of [0, 1]) {
    await env.DB.prepare('update users set is_staff = ? where id = ?').bind(isStaff, id).run()
    for (const query of ['', '?page=last', '?search=a&ordering=-email']) {
      const { api, trips } = counting(pages)
      expect((await api.get(`/auth/users/${query}`, { token: access })).status).toBe(200)
      expect(trips(), query).toBe(1)
    }
  }
})

test('sign-up by staff alone takes 2', async () => {
  const { access, id } = await loggedIn()
  await env.DB.prepare('update users set is_staff = 1 where id = ?').bind(id).run()
  const { api, trips } = counting({ PERMISSIONS_USER_CREATE: 'IsAdminUser' })

  expect((await api.post('/auth/users/', person(), { token: access })).status).toBe(201)
  expect(trips()).toBe(2)
})

test('who sees only himself reads no rows of others', async () => {
  const { access } = await loggedIn()
  for (let others = 0; others < 20; others++) await client().post('/auth/users/', person())
  let rows = 0
  const batch = async (statements: D1PreparedStatement[]) => {
    const results = await env.DB.batch(statements)
    for (const { meta } of results) rows += meta.rows_read
    return results
  }
  const DB = { prepare: (sql: string) => env.DB.prepare(sql), batch }

  for (const query of ['', '?page=last', '?search=a&ordering=-email']) {
    rows = 0
    const { body } = await client({ ...pages, DB }).get(`/auth/users/${query}`, { token: access })
    expect(body.count).toBe(1)
    expect(rows, query).toBeGreaterThan(0)
    expect(rows, query).toBeLessThan(20)
  }
})

test('PUT, PATCH and DELETE of oneself and set_password take 2', async () => {
  const { access } = await loggedIn()
  const name = { first_name: 'Augusta', last_name: 'King' }
  const change = { current_password: password, new_password: newPassword }

  const { api, trips } = counting()
  expect((await api.put('/auth/users/me/', name, { token: access })).status).toBe(200)
  expect(trips()).toBe(2)
  expect((await api.patch('/auth/users/me/', name, { token: access })).status).toBe(200)
  expect(trips()).toBe(4)
  expect((await api.post('/auth/users/set_password/', change, { token: access })).status).toBe(204)
  expect(trips()).toBe(6)
  const goodbye = { current_password: newPassword }
  expect((await api.delete('/auth/users/me/', goodbye, { token: access })).status).toBe(204)
  expect(trips()).toBe(8)
})

test('reset_password_confirm takes 2', async () => {
  const { api: before, email } = await loggedIn()
  await before.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await before.mail(email)

  const { api, trips } = counting()
  const reset = { uid, token, new_password: newPassword }
  expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
  expect(trips()).toBe(2)
})

test('set_email takes 2, taken or not', async () => {
  const { access } = await loggedIn()
  const other = await loggedIn()
  const send = (api: ReturnType<typeof client>, new_email: string) =>
    api.post('/auth/users/set_email/', { current_password: password, new_email }, { token: access })

  const { api, trips } = counting()
  expect((await send(api, newEmail())).status).toBe(204)
  expect(trips()).toBe(2)
  expect((await send(api, other.email)).status).toBe(400)
  expect(trips()).toBe(4)
})

test('reset_email_confirm takes 2', async () => {
  const { api: before, email } = await loggedIn()
  await before.post('/auth/users/reset_email/', { email })
  const [{ uid, token }] = await before.mail(email)

  const { api, trips } = counting({ USERNAME_CHANGED_EMAIL_CONFIRMATION: true })
  const reset = { uid, token, new_email: newEmail() }
  expect((await api.post('/auth/users/reset_email_confirm/', reset)).status).toBe(204)
  expect(trips()).toBe(2)
})

test('of drf-jwt, obtain takes 2, and verify, refresh and a protected view 1', async () => {
  const vars = { DRF_JWT: true, DRF_JWT_WIRE: 'styria' }
  const { email } = await loggedIn(vars)
  const { api, trips } = counting(vars)

  const { status, body } = await api.post('/api-token-auth/', { email, password })
  expect([status, trips()]).toEqual([201, 2])
  expect((await api.post('/api-token-verify/', body)).status).toBe(201)
  expect(trips()).toBe(3)
  expect((await api.post('/api-token-refresh/', body)).status).toBe(201)
  expect(trips()).toBe(4)
  expect((await api.get('/api/protected-endpoint/', body)).status).toBe(200)
  expect(trips()).toBe(5)

  const again = counting({ ...vars, ARGON2_MEMORY_COST: 128 })
  expect((await again.api.post('/api-token-auth/', { email, password })).status).toBe(201)
  expect(again.trips(), 'with a re-hash').toBe(2)
})

test('of drf-jwt, log-out and impersonation take 2, and a log-out by body 3', async () => {
  const vars = { DRF_JWT: true, DRF_JWT_WIRE: 'styria' }
  const [root, ada] = [await loggedIn(vars), await loggedIn(vars)]
  await env.DB.prepare('update users set is_superuser = 1 where id = ?').bind(root.id).run()
  const { body: own } = await root.api.post('/api-token-auth/', { email: root.email, password })

  const { api, trips } = counting(vars)
  const { status, body } = await api.post('/auth/impersonate/', { user: ada.id }, own)
  expect([status, trips()]).toEqual([201, 2])
  expect((await api.get('/auth/users/me/', body)).status).toBe(200)
  expect(trips(), 'in another’s name').toBe(3)
  expect((await api.post('/auth/logout/', body, own)).status).toBe(201)
  expect(trips()).toBe(6)
  expect((await api.post('/auth/logout/', {}, own)).status).toBe(201)
  expect(trips()).toBe(8)
})

test('sessions and events are listed in 1; ending, shutting and opening take 2, log-out by refresh token 1', async () => {
  const [ada, root] = [await loggedIn(), await loggedIn()]
  await makeStaff(root.id, { superuser: true })
  const { api, trips } = counting()
  const as = { token: root.access }
  const [{ id }] = (await ada.api.get('/auth/sessions/', { token: ada.access })).body
  const expected: [number, () => Promise<{ status: number }>][] = [
    [1, () => api.get('/auth/sessions/', as)],
    [1, () => api.get(`/auth/sessions/?user=${ada.id}`, as)],
    [1, () => api.get('/auth/users/me/events/', as)],
    [1, () => api.get(`/auth/users/${ada.id}/events/`, as)],
    [2, () => api.delete(`/auth/sessions/${id}/`, undefined, as)],
    [2, () => api.delete(`/auth/sessions/?user=${ada.id}`, undefined, as)],
    [2, () => api.post(`/auth/users/${ada.id}/disable/`, {}, as)],
    [2, () => api.post(`/auth/users/${ada.id}/enable/`, {}, as)],
    [1, () => api.post('/auth/jwt/logout/', { refresh: ada.refresh })],
    [2, () => api.post('/auth/jwt/logout/', {}, as)],
  ]
  for (const [budget, ask] of expected) {
    const before = trips()
    expect((await ask()).status, `${ask}`).toBeLessThan(300)
    expect(trips() - before, `${ask}`).toBe(budget)
  }
})

test('a refused token, /healthz, / and the public keys take 0', async () => {
  const { api, trips } = counting()

  expect((await api.get('/auth/users/me/', { token: 'a.b.c' })).status).toBe(401)
  expect((await api.post('/auth/jwt/refresh/', { refresh: 'a.b.c' })).status).toBe(401)
  expect((await api.get('/healthz')).status).toBe(200)
  expect((await api.get('/')).status).toBe(200)
  expect((await api.get('/.well-known/jwks.json')).status).toBe(200)
  expect(trips()).toBe(0)
})

test('a valid Authorization on a public route adds 1', async () => {
  const { access } = await loggedIn()
  const { api, trips } = counting()

  expect((await api.post('/auth/users/', person(), { token: access })).status).toBe(201)
  expect(trips()).toBe(2)
})
