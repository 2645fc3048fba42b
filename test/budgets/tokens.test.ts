// How many round trips to D1 a request for a token, or with a token, takes.

import { expect, test } from 'vitest'
import { loggedIn, logIn, makeStaff, newEmail, password } from '../support/people.ts'
import { counting } from './counting.ts'

const person = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

test('jwt/create takes 2 round trips, also if it writes last_login and a new hash', async () => {
  const { email } = await loggedIn()
  for (const vars of [{}, { UPDATE_LAST_LOGIN: true, ARGON2_MEMORY_COST: 128 }]) {
    const { api, roundTrips } = counting(vars)
    expect((await logIn(api, { email })).status).toBe(200)
    expect(roundTrips()).toBe(2)
  }
})

test('jwt/create takes 2 round trips from a network with a session, and 1 if it is throttled', async () => {
  const { email } = await loggedIn()
  const home = { headers: { 'cf-connecting-ip': '2001:db8:7::1' } }
  const { api, roundTrips } = counting()
  for (const budget of [2, 4]) {
    expect((await logIn(api, { email }, home)).status).toBe(200)
    expect(roundTrips()).toBe(budget)
  }
  const { api: early, roundTrips: others } = counting({ THROTTLE_LOGIN: '1/day' })
  const guess = () => logIn(early, { email, password: 'x' })
  expect((await guess()).status).toBe(401)
  const before = others()
  expect((await guess()).status).toBe(429)
  expect(others() - before).toBe(1)
})

test('token/login and token/logout take 2 round trips, and a request with the key 1', async () => {
  const { email } = await loggedIn()
  const { api, roundTrips } = counting()
  const { body } = await api.post('/auth/token/login/', { email, password })
  expect(roundTrips()).toBe(2)
  const key = { headers: { authorization: `Token ${body.auth_token}` } }
  expect((await api.get('/auth/users/me/', key)).status).toBe(200)
  expect(roundTrips()).toBe(3)
  expect((await api.post('/auth/token/logout/', undefined, key)).status).toBe(204)
  expect(roundTrips()).toBe(5)
})

test('jwt/refresh takes 1 round trip, with and without rotation and THROTTLE_REFRESH', async () => {
  const counted = { ...rotation, THROTTLE_REFRESH: '10/minute' }
  for (const vars of [{}, { ROTATE_REFRESH_TOKENS: true }, rotation, counted]) {
    const { refresh } = await loggedIn(vars)
    const { api, roundTrips } = counting(vars)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect(roundTrips()).toBe(1)
  }
})

test('jwt/verify takes no round trip, and 1 for a refresh token if the blacklist is on', async () => {
  const { access, refresh } = await loggedIn()
  const off = counting()
  for (const token of [access, refresh]) {
    expect((await off.api.post('/auth/jwt/verify/', { token })).status).toBe(200)
  }
  expect(off.roundTrips()).toBe(0)

  const on = counting(rotation)
  expect((await on.api.post('/auth/jwt/verify/', { token: access })).status).toBe(200)
  expect(on.roundTrips()).toBe(0)
  expect((await on.api.post('/auth/jwt/verify/', { token: refresh })).status).toBe(200)
  expect(on.roundTrips()).toBe(1)
})

test('token/blacklist takes 1 round trip', async () => {
  const { refresh } = await loggedIn()
  const { api, roundTrips } = counting()
  expect((await api.post('/api/token/blacklist/', { refresh })).status).toBe(200)
  expect(roundTrips()).toBe(1)
})

test('a sliding token takes 2 round trips at login, and 1 at refresh, at the blacklist and at each use', async () => {
  const { email } = await loggedIn()
  const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
  const { api, roundTrips } = counting(vars)
  const { body } = await api.post('/api/token/sliding/', { email, password })
  expect(roundTrips()).toBe(2)
  expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(200)
  expect(roundTrips()).toBe(3)
  expect((await api.post('/api/token/sliding/refresh/', { token: body.token })).status).toBe(200)
  expect(roundTrips()).toBe(4)
  expect((await api.post('/api/token/blacklist/', { refresh: body.token })).status).toBe(200)
  expect(roundTrips()).toBe(5)

  const writing = counting({ UPDATE_LAST_LOGIN: true })
  expect((await writing.api.post('/api/token/sliding/', { email, password })).status).toBe(200)
  expect(writing.roundTrips()).toBe(2)
})

test('with drf-jwt a login takes 2 round trips; verify, refresh and a protected view take 1', async () => {
  const vars = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
  const { email } = await loggedIn(vars)
  const { api, roundTrips } = counting(vars)

  const { status, body } = await api.post('/api-token-auth/', { email, password })
  expect([status, roundTrips()]).toEqual([201, 2])
  expect((await api.post('/api-token-verify/', body)).status).toBe(201)
  expect(roundTrips()).toBe(3)
  expect((await api.post('/api-token-refresh/', body)).status).toBe(201)
  expect(roundTrips()).toBe(4)
  expect((await api.get('/api/protected-endpoint/', body)).status).toBe(200)
  expect(roundTrips()).toBe(5)

  const again = counting({ ...vars, ARGON2_MEMORY_COST: 128 })
  expect((await again.api.post('/api-token-auth/', { email, password })).status).toBe(201)
  expect(again.roundTrips(), 'with a new hash').toBe(2)
})

test('with drf-jwt logout and impersonation take 2 round trips, and a logout by body 3', async () => {
  const vars = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
  const [admin, ada] = [await loggedIn(vars), await loggedIn(vars)]
  await makeStaff(admin.id, { superuser: true })
  const { body: own } = await admin.api.post('/api-token-auth/', { email: admin.email, password })

  const { api, roundTrips } = counting(vars)
  const { status, body } = await api.post('/auth/impersonate/', { user: ada.id }, own)
  expect([status, roundTrips()]).toEqual([201, 2])
  expect((await api.get('/auth/users/me/', body)).status).toBe(200)
  expect(roundTrips(), 'while impersonating').toBe(3)
  expect((await api.post('/auth/logout/', body, own)).status).toBe(201)
  expect(roundTrips()).toBe(6)
  expect((await api.post('/auth/logout/', {}, own)).status).toBe(201)
  expect(roundTrips()).toBe(8)
})

test('listing sessions and events, the export and a detail take 1 round trip, and 2 of another user; revoking, disabling and enabling take 2; logout takes 1 by refresh token, 2 by access token', async () => {
  const [ada, admin] = [await loggedIn(), await loggedIn()]
  await makeStaff(admin.id, { superuser: true })
  const { api, roundTrips } = counting()
  const as = { token: admin.access }
  const [{ id }] = (await ada.api.get('/auth/sessions/', { token: ada.access })).body
  const expected: [number, () => Promise<{ status: number }>][] = [
    [1, () => api.get('/auth/sessions/', as)],
    [1, () => api.get(`/auth/sessions/?user=${admin.id}`, as)],
    [2, () => api.get(`/auth/sessions/?user=${ada.id}`, as)],
    [1, () => api.get('/auth/users/me/events/', as)],
    [1, () => api.get(`/auth/users/${admin.id}/events/`, as)],
    [2, () => api.get(`/auth/users/${ada.id}/events/`, as)],
    [1, () => api.get('/auth/users/me/export/', as)],
    [1, () => api.get(`/auth/users/${admin.id}/`, as)],
    [2, () => api.get(`/auth/users/${ada.id}/`, as)],
    [2, () => api.delete(`/auth/sessions/${id}/`, undefined, as)],
    [2, () => api.delete(`/auth/sessions/?user=${ada.id}`, undefined, as)],
    [2, () => api.post(`/auth/users/${ada.id}/disable/`, {}, as)],
    [2, () => api.post(`/auth/users/${ada.id}/enable/`, {}, as)],
    [1, () => api.post('/auth/jwt/logout/', { refresh: ada.refresh })],
    [2, () => api.post('/auth/jwt/logout/', {}, as)],
  ]
  for (const [budget, send] of expected) {
    const before = roundTrips()
    expect((await send()).status, `${send}`).toBeLessThan(300)
    expect(roundTrips() - before, `${send}`).toBe(budget)
  }
})

test('an invalid token, /healthz, /, the public keys and the reference page take no round trip', async () => {
  const { api, roundTrips } = counting()

  expect((await api.get('/auth/users/me/', { token: 'a.b.c' })).status).toBe(401)
  expect((await api.post('/auth/jwt/refresh/', { refresh: 'a.b.c' })).status).toBe(401)
  expect((await api.get('/healthz')).status).toBe(200)
  expect((await api.get('/')).status).toBe(200)
  expect((await api.get('/.well-known/jwks.json')).status).toBe(200)
  expect((await api.get('/docs/')).status).toBe(200)
  expect(roundTrips()).toBe(0)
})

test('/readyz takes 1 round trip', async () => {
  const { api, roundTrips } = counting()

  expect((await api.get('/readyz')).status).toBe(200)
  expect(roundTrips()).toBe(1)
})

test('a valid Authorization header on a public route adds 1 round trip', async () => {
  const { access } = await loggedIn()
  const { api, roundTrips } = counting()

  expect((await api.post('/auth/users/', person(), { token: access })).status).toBe(201)
  expect(roundTrips()).toBe(2)
})
