// How often a request about accounts goes to D1 and back when it succeeds: the ocean that clients pay for.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, password } from '../support/people.ts'
import { counting } from './counting.ts'

const newPassword = 'a flock of herons'
const person = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const pages = {
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 2,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}

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

test('reset_password_confirm takes 2, and 1 where the password is like the account', async () => {
  const { api: before, email } = await loggedIn()
  await before.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await before.mail(email)

  const { api, trips } = counting()
  const reset = { uid, token, new_password: newPassword }
  const refused = { ...reset, new_password: 'Lovelace1' }
  expect((await api.post('/auth/users/reset_password_confirm/', refused)).status).toBe(400)
  expect(trips()).toBe(1)
  expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
  expect(trips()).toBe(3)
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
