// The captcha at login: required after a few wrong passwords in a row. Elsewhere: captcha.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { counting } from '../../budgets/counting.ts'
import { client } from '../../support/api.ts'
import { loggedIn, newEmail, password, person } from '../../support/people.ts'
import { settingsErrorOf } from '../../support/production.ts'
import { noLimits, rowsOf } from '../../support/throttling.ts'
import {
  captchaFailed,
  captchaRequired,
  newToken,
  turnstile,
  verificationsOf,
  withToken,
} from '../../support/turnstile.ts'

const vars = { ...turnstile, ...noLimits, TURNSTILE_REQUIRED_FOR: 'login' }
const create = '/auth/jwt/create/'

const sliding = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
const drfJwtPackage = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }

/** The number of recorded login failures. */
async function failuresOf(id: number): Promise<number> {
  const query = "select count from security_events where user_id = ? and type = 'login_failed'"
  return Number(await env.DB.prepare(query).bind(id).first('count'))
}

describe.each([
  [create, 'email', {}, 401],
  ['/api/token/', 'email', {}, 401],
  ['/api/token/sliding/', 'email', sliding, 401],
  ['/auth/token/login/', 'email', {}, 400],
  ['/api-token-auth/', 'username', {}, 400],
  ['/api-token-auth/', 'email', { DRF_JWT: true }, 400],
  ['/api-token-auth/', 'email', drfJwtPackage, 400],
] as const)('POST %s (%s, %j)', (path, field, more, wrongStatus) => {
  test('requires a token after three wrong passwords, for a known and an unknown login', async () => {
    const { id, email } = await person(noLimits)
    for (const name of [email, newEmail()]) {
      const api = client({ ...vars, ...more })
      const wrong = () => api.post(path, { [field]: name, password: 'a wrong one' })
      for (let i = 0; i < 3; i++) {
        const { status, body } = await wrong()
        expect([status, 'cf-turnstile-response' in body]).toEqual([wrongStatus, false])
      }
      for (let i = 0; i < 2; i++) {
        const { status, body } = await wrong()
        expect([status, body]).toEqual([400, captchaRequired])
      }
    }
    expect(await failuresOf(id)).toBe(3)
  })

  test('logs in with a token, and starts the count over', async () => {
    const { id, email } = await person(noLimits)
    const api = client({ ...vars, ...more })
    const login = { [field]: email, password }
    for (let i = 0; i < 3; i++) await api.post(path, { ...login, password: 'a wrong one' })
    expect((await api.post(path, login)).body).toEqual(captchaRequired)

    const stillWrong = { ...login, password: 'a wrong one', ...withToken() }
    expect((await api.post(path, stillWrong)).status).toBe(wrongStatus)
    const right = await api.post(path, { ...login, ...withToken() })
    expect(right.status).toBeLessThan(300)
    expect((await api.post(path, login)).status).toBe(right.status)
    expect(await failuresOf(id)).toBe(4)
  })
})

describe('a login', () => {
  test('costs two round trips with the required token, as any login does, and one without it', async () => {
    const { email } = await person(noLimits)
    const wrong = { email, password: 'a wrong one' }
    for (let i = 0; i < 3; i++) await client(vars).post(create, wrong)

    const withoutToken = counting(vars)
    await withoutToken.api.post(create, { email, password })
    expect(withoutToken.roundTrips()).toBe(1)
    const sound = counting(vars)
    expect((await sound.api.post(create, { email, password, ...withToken() })).status).toBe(200)
    expect(sound.roundTrips()).toBe(2)
  })

  test('with an invalid token is rejected at once, without a round trip', async () => {
    const { email } = await person(noLimits)
    const { api, roundTrips } = counting(vars)
    const { status, body } = await api.post(create, { email, password, ...withToken('invented') })
    expect([status, body, roundTrips()]).toEqual([400, captchaFailed, 0])
  })

  test('with a blank token counts as without, as a form sends it before the widget is done', async () => {
    const { email } = await person(noLimits)
    const form = { email, password, ...withToken('') }
    expect((await client(vars).send('POST', create, { form })).status).toBe(200)
  })

  test('with other invalid fields spends no token', async () => {
    const token = newToken()
    const { body } = await client(vars).post(create, { email: newEmail(), ...withToken(token) })
    expect(body).toEqual({ password: ['This field is required.'] })
    expect(await verificationsOf(token)).toEqual([])
  })

  test('requires a token at the first attempt with TURNSTILE_AFTER_FAILURES = 0, before any round trip', async () => {
    const { email } = await person(noLimits)
    const always = { ...vars, TURNSTILE_AFTER_FAILURES: 0, THROTTLE_LOGIN: '' }
    const { api, roundTrips } = counting(always)
    const none = await api.post(create, { email, password })
    expect([none.status, none.body, roundTrips()]).toEqual([400, captchaRequired, 0])
    expect((await api.post(create, { email, password, ...withToken() })).status).toBe(200)
  })

  test('without the required token counts as no attempt', async () => {
    const { email } = await person(noLimits)
    const api = client(vars)
    for (let i = 0; i < 3; i++) await api.post(create, { email, password: 'a wrong one' })
    for (let i = 0; i < 20; i++) {
      expect((await api.post(create, { email, password })).body).toEqual(captchaRequired)
    }
    expect((await api.post(create, { email, password, ...withToken() })).status).toBe(200)
  })

  test('has its password compared only for the first three of thirty at once', async () => {
    const { id, email } = await person(noLimits)
    const api = client(vars)
    const guesses = Array.from({ length: 30 }, () =>
      api.post(create, { email, password: 'a wrong one' }),
    )
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(3)
    expect(new Set(statuses)).toEqual(new Set([401, 400]))
    expect(await failuresOf(id)).toBe(3)
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 3 }])
    expect((await api.post(create, { email, password, ...withToken() })).status).toBe(200)
  })

  test('with a token is still throttled', async () => {
    const { email } = await person(noLimits)
    const api = client(vars)
    const statuses: number[] = []
    for (let i = 0; i < 11; i++) {
      const guess = { email, password: 'a wrong one', ...withToken() }
      statuses.push((await api.post(create, guess)).status)
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429])
  })

  test('requires no token if TURNSTILE_REQUIRED_FOR does not name login, or without a secret', async () => {
    for (const more of [
      { TURNSTILE_REQUIRED_FOR: 'sign-up,reset' },
      { TURNSTILE_SECRET_KEY: '' },
    ]) {
      const { email } = await person(noLimits)
      const api = client({ ...vars, ...more })
      const token = newToken()
      for (let i = 0; i < 6; i++) {
        const guess = { email, password: 'a wrong one', ...withToken(token) }
        expect((await api.post(create, guess)).status).toBe(401)
      }
      expect(await verificationsOf(token)).toEqual([])
    }
  })
})

test('the current password of a logged-in user requires no token', async () => {
  const { email, access } = await loggedIn(noLimits)
  const api = client({ ...turnstile, ...noLimits })
  for (let i = 0; i < 4; i++) await api.post(create, { email, password: 'a wrong one' })
  const change = { current_password: password, new_password: 'a flock of geese' }
  const { status } = await api.post('/auth/users/set_password/', change, { token: access })
  expect(status).toBe(204)
})

test('TURNSTILE_REQUIRED_FOR with login requires the throttle that counts failures', () => {
  const secret = { TURNSTILE_SECRET_KEY: 'secret-of-the-widget' }
  expect(settingsErrorOf(secret)).toContain('requires THROTTLE_LOGIN')
  expect(settingsErrorOf({ ...secret, THROTTLE_LOGIN: '10/minute' })).toBeUndefined()
  expect(settingsErrorOf({ ...secret, TURNSTILE_AFTER_FAILURES: 0 })).toBeUndefined()
  expect(settingsErrorOf({ ...secret, TURNSTILE_REQUIRED_FOR: 'reset' })).toBeUndefined()
})
