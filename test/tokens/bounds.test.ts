// Where sessions and their tokens end, and where they must not.

import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const hour = 3_600_000

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('an access token does not outlive SESSION_MAX_LIFETIME', async () => {
  const vars = { SESSION_MAX_LIFETIME: '1h', ACCESS_TOKEN_LIFETIME: '3h' }
  const { api, access } = await loggedIn(vars)
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour / 2 })
  expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)

  vi.setSystemTime(Date.now() + hour)

  expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
})

test('a revoke claim of an old SECRET_KEY counts while that key is a fallback', async () => {
  const CHECK_REVOKE_TOKEN = true
  const { access } = await loggedIn({ CHECK_REVOKE_TOKEN })
  const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789'
  const replaced = { CHECK_REVOKE_TOKEN, SECRET_KEY }
  const me = (vars: object) => client({ ...vars }).get('/auth/users/me/', { token: access })

  expect((await me({ ...replaced, SECRET_KEY_FALLBACKS: env.SECRET_KEY })).status).toBe(200)
  expect((await me(replaced)).body.code).toBe('password_changed')
})

test('a password change that fails revokes no session', async () => {
  const { api, access, email, id } = await loggedIn()
  const other = await logIn(api, { email })
  let trips = 0
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    if (isDelivery(statements) || ++trips !== 2) return
    await env.DB.prepare('update users set password = ? where id = ?').bind('!', id).run()
  })

  const change = { current_password: password, new_password: 'a flock of geese' }
  const { status } = await client({ DB }).post('/auth/users/set_password/', change, {
    token: access,
  })

  expect(status).toBe(400)
  const { refresh } = other.body
  expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
})

test('a login with an unknown name computes the hash that a wrong password would cost', async () => {
  const salts = vi.spyOn(crypto, 'getRandomValues')

  await logIn(client(), { email: newEmail('nobody') })

  expect(salts).toHaveBeenCalled()
})

test('a user without a password is sent no activation email', async () => {
  const api = client({ MAIL_COOLDOWN: 1 })
  const email = newEmail()
  await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
  await env.DB.prepare(`update users set password = '!' where email = ?`).bind(email).run()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hour })

  await api.post('/auth/users/resend_activation/', { email })

  expect(await api.mail(email)).toHaveLength(1)
})
