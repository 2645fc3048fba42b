// THROTTLE_SIGN_UP, THROTTLE_RESET, THROTTLE_RESEND and THROTTLE_REFRESH: a number of attempts in a period, as in REST
// framework, counted by what a request names.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { stopClock, wait } from '../support/clock.ts'
import { loggedIn, newEmail, password, person } from '../support/people.ts'
import { dropFirstResponse, open } from '../support/throttling.ts'

beforeEach(stopClock)
afterEach(() => void vi.useRealTimers())

const rates = {
  THROTTLE_SIGN_UP: '2/minute',
  THROTTLE_RESET: '2/minute',
  THROTTLE_RESEND: '2/minute',
  MAIL_COOLDOWN: '1s',
}
const throttledBody = {
  detail: 'Request was throttled. Expected available in 50 seconds.',
}

/** A request that no rate limit counts. */
const post = (path: string, json: unknown, vars = {}) =>
  client({ ...open, ...rates, ...vars }).post(path, json)

const signUp = (email: string, vars = {}) =>
  post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' }, vars)

const countQueued = async (email: string) => {
  const select = 'select count(*) as count from mail_outbox where recipient = ?'
  return (await env.DB.prepare(select).bind(email).first<{ count: number }>())?.count
}

/** The address of a pending user, whose sign-up is not counted. */
async function newPendingAddress() {
  const email = newEmail()
  await signUp(email, { THROTTLE_SIGN_UP: '', THROTTLE_ENABLED: false })
  return email
}

describe.each([
  ['/auth/users/reset_password/', async () => (await person()).email],
  ['/auth/users/reset_email/', async () => (await person()).email],
  ['/auth/users/resend_activation/', newPendingAddress],
])('POST %s', (path, newAddress) => {
  test('beyond the rate is refused alike for known and unknown addresses, and queues no email', async () => {
    const known = await newAddress()
    wait(2)
    const before = Number(await countQueued(known))
    for (const email of [known, newEmail()]) {
      expect((await post(path, { email })).status).toBe(204)
      wait(5)
      expect((await post(path, { email: email.toUpperCase() })).status).toBe(204)
      wait(5)
      const { status, body, headers } = await post(path, { email })
      expect([status, body, headers.get('retry-after')]).toEqual([429, throttledBody, '50'])
    }
    expect(await countQueued(known)).toBe(before + 2)

    wait(50)
    expect((await post(path, { email: known })).status).toBe(204)
    expect(await countQueued(known)).toBe(before + 3)
  })

  test('counts an unknown address too, where the settings reveal that it is unknown', async () => {
    const vars = { PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND: true }
    const email = newEmail()
    const ask = async () => (await post(path, { email }, vars)).status
    expect([await ask(), await ask(), await ask()]).toEqual([400, 400, 429])
  })
})

test('resets of password and of login name count together, and those for other addresses do not', async () => {
  const [email, other] = [newEmail(), newEmail()]
  await post('/auth/users/reset_password/', { email })
  await post('/auth/users/reset_email/', { email })
  expect((await post('/auth/users/reset_password/', { email })).status).toBe(429)
  expect((await post('/auth/users/resend_activation/', { email })).status).toBe(204)
  expect((await post('/auth/users/reset_password/', { email: other })).status).toBe(204)
})

describe('POST /auth/users/', () => {
  test('beyond the rate is refused for a taken and a free address, and creates no account', async () => {
    const [taken, free] = [newEmail(), newEmail()]
    expect((await signUp(taken)).status).toBe(201)
    expect((await signUp(taken.toUpperCase())).status).toBe(400)
    expect((await signUp(taken)).status).toBe(429)

    for (const _ of [1, 2]) {
      expect((await signUp(free)).status).toBe(201)
      await env.DB.prepare('delete from users where email = ?').bind(free).run()
    }
    wait(10)
    const { status, body, headers } = await signUp(free)
    expect([status, body, headers.get('retry-after')]).toEqual([429, throttledBody, '50'])
    expect(await countQueued(free)).toBe(0)
    expect(await idOf(free)).toBeNull()

    wait(50)
    expect((await signUp(free)).status).toBe(201)
  })

  test('accepts as many of 20 requests at once as the rate allows', async () => {
    const email = newEmail()
    const answers = await Promise.all(Array.from({ length: 20 }, () => signUp(email)))
    const counted = (wanted: number) => answers.filter(({ status }) => status === wanted).length
    expect([counted(201), counted(400), counted(429)]).toEqual([1, 1, 18])
  })

  test('counts once if the answer of D1 is lost, and answers 201', async () => {
    const email = newEmail()
    const DB = dropFirstResponse()
    expect((await signUp(email, { DB })).status).toBe(201)
    expect((await signUp(email)).status).toBe(400)
    expect((await signUp(email)).status).toBe(429)
  })

  test('counts usernames in their normal form', async () => {
    const vars = { LOGIN_FIELD: 'username', THROTTLE_SIGN_UP: '1/minute' }
    const letters = newEmail('ﬁn').replace(/\W/g, '')
    const ask = (username: string) =>
      post('/auth/users/', { username, email: newEmail(), password }, vars)
    expect((await ask(`ﬁ${letters}`)).status).toBe(201)
    expect((await ask(`fi${letters}`)).status).toBe(429)
  })
})

describe('a link', () => {
  test('that does not work is refused beyond the rate; the emailed one works', async () => {
    const { email, api } = await person()
    wait(1)
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const path = '/auth/users/reset_password_confirm/'
    const follow = (token: string) => post(path, { uid, token, new_password: 'a flock of herons' })
    for (const status of [400, 400, 429]) expect((await follow('1-1')).status).toBe(status)
    expect((await follow(token)).status).toBe(204)
  })

  test('for an unknown account is refused as often, and so is an activation link', async () => {
    const follow = async (uid: string) =>
      (await post('/auth/users/activation/', { uid, token: '1-1' })).status
    const email = await newPendingAddress()
    const uid = btoa(String(await idOf(email))).replaceAll('=', '')
    for (const of of [uid, btoa('999999999').replaceAll('=', '')]) {
      expect([await follow(of), await follow(of), await follow(of)]).toEqual([400, 400, 429])
    }
    const [mail] = await client().mail(email)
    const { token } = mail
    expect((await post('/auth/users/activation/', { uid, token })).status).toBe(204)
  })
})

describe('with THROTTLE_REFRESH', () => {
  const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
  test.each([
    {},
    { ROTATE_REFRESH_TOKENS: true },
    rotation,
    { ...rotation, REFRESH_TOKEN_REUSE_INTERVAL: 0 },
  ])(
    'a session is refreshed as often as the rate allows, and other sessions count by themselves (%j)',
    async (vars) => {
      const on = { ...vars, THROTTLE_REFRESH: '2/minute' }
      const [ada, other] = [await loggedIn(on), await loggedIn(on)]
      let { refresh } = ada
      for (const _ of [1, 2]) {
        const { status, body } = await post('/auth/jwt/refresh/', { refresh }, on)
        expect(status).toBe(200)
        refresh = body.refresh ?? refresh
        wait(5)
      }
      const refused = await post('/auth/jwt/refresh/', { refresh }, on)
      expect([refused.status, refused.body]).toEqual([429, throttledBody])
      expect((await post('/auth/jwt/refresh/', { refresh: other.refresh }, on)).status).toBe(200)

      wait(50)
      expect((await post('/auth/jwt/refresh/', { refresh }, on)).status).toBe(200)
    },
  )
})

test('with THROTTLE_ENABLED=false nothing is counted', async () => {
  const off = { THROTTLE_ENABLED: false, THROTTLE_REFRESH: '1/day' }
  await env.DB.prepare('delete from throttles').run()
  const { email, refresh } = await loggedIn(off)
  for (const _ of [1, 2, 3]) {
    expect((await post('/auth/users/reset_password/', { email }, off)).status).toBe(204)
    expect((await post('/auth/jwt/refresh/', { refresh }, off)).status).toBe(200)
  }
  expect(await env.DB.prepare('select 1 from throttles').first()).toBeNull()
})

const idOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first('id')
