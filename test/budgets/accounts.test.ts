// How many round trips to D1 a request about accounts takes. Clients wait for each of them.

import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, makeStaff, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'
import { counting } from './counting.ts'

const newPassword = 'a flock of herons'
const newUser = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const pages = {
  DEFAULT_PAGINATION_CLASS: 'PageNumberPagination',
  PAGE_SIZE: 2,
  DEFAULT_FILTER_BACKENDS: 'SearchFilter,OrderingFilter',
}

test('POST /auth/users/ takes 1 round trip, accepted or refused', async () => {
  const { api, roundTrips } = counting()
  const user = newUser()

  expect((await api.post('/auth/users/', user)).status).toBe(201)
  expect(roundTrips()).toBe(1)
  expect((await api.post('/auth/users/', { ...user, password: '1' })).status).toBe(400)
  expect(roundTrips()).toBe(2)
})

test('POST /register/ takes 2 round trips, and 1 if the account must be activated', async () => {
  for (const [mustActivate, budget] of [
    [false, 2],
    [true, 1],
  ]) {
    const { api, roundTrips } = counting({ REGISTER: true, SEND_ACTIVATION_EMAIL: mustActivate })
    expect((await api.post('/register/', newUser())).body.status).toBe(200)
    expect(roundTrips()).toBe(budget)
  }
})

test('resend_activation, reset_password and reset_email take 1 round trip, for known and unknown addresses', async () => {
  const { email } = await loggedIn()
  for (const name of ['resend_activation', 'reset_password', 'reset_email']) {
    const path = `/auth/users/${name}/`
    for (const address of [email, newEmail()]) {
      const { api, roundTrips } = counting()
      expect((await api.post(path, { email: address })).status).toBe(204)
      expect(roundTrips(), path).toBe(1)
    }
  }
})

test('activation takes 2 round trips', async () => {
  const user = newUser()
  const before = client()
  await before.post('/auth/users/', user)
  const [{ uid, token }] = await before.mail(user.email)

  const { api, roundTrips } = counting()
  expect((await api.post('/auth/users/activation/', { uid, token })).status).toBe(204)
  expect(roundTrips()).toBe(2)
})

test('a GET of the caller and of the protected endpoint takes 1 round trip, for staff too; the list takes 1, and 2 for staff', async () => {
  const { access, id } = await loggedIn()
  const own = ['/auth/users/me/', `/auth/users/${id}/`, '/api/protected-endpoint/']
  for (const isStaff of [0, 1]) {
    await env.DB.prepare('update users set is_staff = ? where id = ?').bind(isStaff, id).run()
    for (const path of [...own, '/auth/users/']) {
      const { api, roundTrips } = counting()
      expect((await api.get(path, { token: access })).status).toBe(200)
      expect(roundTrips(), path).toBe(own.includes(path) ? 1 : 1 + isStaff)
    }
  }
})

test('a page of the list takes 1 round trip, and 2 for staff, however it is searched and ordered', async () => {
  const { access, id } = await loggedIn()
  for (const isStaff of [0, 1]) {
    await env.DB.prepare('update users set is_staff = ? where id = ?').bind(isStaff, id).run()
    for (const query of ['', '?page=last', '?search=a&ordering=-email']) {
      const { api, roundTrips } = counting(pages)
      expect((await api.get(`/auth/users/${query}`, { token: access })).status).toBe(200)
      expect(roundTrips(), query).toBe(1 + isStaff)
    }
  }
})

test('a sign-up with PERMISSIONS_USER_CREATE=IsAdminUser takes 2 round trips', async () => {
  const { access, id } = await loggedIn()
  await makeStaff(id)
  const { api, roundTrips } = counting({ PERMISSIONS_USER_CREATE: 'IsAdminUser' })

  expect((await api.post('/auth/users/', newUser(), { token: access })).status).toBe(201)
  expect(roundTrips()).toBe(2)
})

test('a caller that may see only themselves reads one row, whatever the query', async () => {
  const { access, email } = await loggedIn()
  for (let others = 0; others < 20; others++) await client().post('/auth/users/', newUser())

  for (const query of ['', '?page=last', '?search=nothing', '?search=a&ordering=-email']) {
    const statements: string[] = []
    const DB = beforeRoundTrip(env.DB, (sent) => void statements.push(...sent))
    const { body } = await client({ ...pages, DB }).get(`/auth/users/${query}`, { token: access })
    expect([body.count, body.results[0].email], query).toEqual([1, email])
    expect(statements, query).toEqual([expect.stringMatching(/from users where users.id = /)])
  }
})

test('PUT, PATCH and DELETE of the caller and set_password take 2 round trips', async () => {
  const { access } = await loggedIn()
  const name = { first_name: 'Augusta', last_name: 'King' }
  const change = { current_password: password, new_password: newPassword }

  const { api, roundTrips } = counting()
  expect((await api.put('/auth/users/me/', name, { token: access })).status).toBe(200)
  expect(roundTrips()).toBe(2)
  expect((await api.patch('/auth/users/me/', name, { token: access })).status).toBe(200)
  expect(roundTrips()).toBe(4)
  expect((await api.post('/auth/users/set_password/', change, { token: access })).status).toBe(204)
  expect(roundTrips()).toBe(6)
  const lastBody = { current_password: newPassword }
  expect((await api.delete('/auth/users/me/', lastBody, { token: access })).status).toBe(204)
  expect(roundTrips()).toBe(8)
})

test('reset_password_confirm takes 2 round trips, and 1 if the password is too similar to the account', async () => {
  const { api: before, email } = await loggedIn()
  await before.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await before.mail(email)

  const { api, roundTrips } = counting()
  const reset = { uid, token, new_password: newPassword }
  const refused = { ...reset, new_password: 'Lovelace1' }
  expect((await api.post('/auth/users/reset_password_confirm/', refused)).status).toBe(400)
  expect(roundTrips()).toBe(1)
  expect((await api.post('/auth/users/reset_password_confirm/', reset)).status).toBe(204)
  expect(roundTrips()).toBe(3)
})

test('set_email takes 2 round trips, whether the address is taken or not', async () => {
  const { access } = await loggedIn()
  const other = await loggedIn()
  const send = (api: ReturnType<typeof client>, new_email: string) =>
    api.post('/auth/users/set_email/', { current_password: password, new_email }, { token: access })

  const { api, roundTrips } = counting()
  expect((await send(api, newEmail())).status).toBe(204)
  expect(roundTrips()).toBe(2)
  expect((await send(api, other.email)).status).toBe(400)
  expect(roundTrips()).toBe(4)
})

test('reset_email_confirm takes 2 round trips', async () => {
  const { api: before, email } = await loggedIn()
  await before.post('/auth/users/reset_email/', { email })
  const [{ uid, token }] = await before.mail(email)

  const { api, roundTrips } = counting({ USERNAME_CHANGED_EMAIL_CONFIRMATION: true })
  const reset = { uid, token, new_email: newEmail() }
  expect((await api.post('/auth/users/reset_email_confirm/', reset)).status).toBe(204)
  expect(roundTrips()).toBe(2)
})
