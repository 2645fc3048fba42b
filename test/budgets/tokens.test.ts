// How often a request for a token, or by one, goes to D1 and back when it succeeds.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { loggedIn, makeStaff, newEmail, password } from '../support/people.ts'
import { counting } from './counting.ts'

const person = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

test('jwt/create takes 2, also where it sets the last log-in and hashes again', async () => {
  const { email } = await loggedIn()
  for (const vars of [{}, { UPDATE_LAST_LOGIN: true, ARGON2_MEMORY_COST: 128 }]) {
    const { api, trips } = counting(vars)
    expect((await api.post('/auth/jwt/create/', { email, password })).status).toBe(200)
    expect(trips()).toBe(2)
  }
})

test('jwt/create takes 2 from where a session is, and 1 when it is too early', async () => {
  const { email } = await loggedIn()
  const home = { headers: { 'cf-connecting-ip': '2001:db8:7::1' } }
  const { api, trips } = counting()
  for (const budget of [2, 4]) {
    expect((await api.post('/auth/jwt/create/', { email, password }, home)).status).toBe(200)
    expect(trips()).toBe(budget)
  }
  const { api: early, trips: others } = counting({ THROTTLE_LOGIN: '1/day' })
  const guess = () => early.post('/auth/jwt/create/', { email, password: 'x' })
  expect((await guess()).status).toBe(401)
  const before = others()
  expect((await guess()).status).toBe(429)
  expect(others() - before).toBe(1)
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

test('jwt/refresh takes 1, with and without rotation, counted or not', async () => {
  const counted = { ...rotation, THROTTLE_REFRESH: '10/minute' }
  for (const vars of [{}, { ROTATE_REFRESH_TOKENS: true }, rotation, counted]) {
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

test('of drf-jwt, obtain takes 2, and verify, refresh and a protected view 1', async () => {
  const vars = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
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
  const vars = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
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

test('sessions and events are listed in 1, and all is exported in 1; ending, shutting and opening take 2, log-out by refresh token 1', async () => {
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
    [1, () => api.get('/auth/users/me/export/', as)],
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

test('/readyz takes 1', async () => {
  const { api, trips } = counting()

  expect((await api.get('/readyz')).status).toBe(200)
  expect(trips()).toBe(1)
})

test('a valid Authorization on a public route adds 1', async () => {
  const { access } = await loggedIn()
  const { api, trips } = counting()

  expect((await api.post('/auth/users/', person(), { token: access })).status).toBe(201)
  expect(trips()).toBe(2)
})
