// A known client has its own counter beside the account's: a session, or a login from the network of an active session. So
// an attacker's guesses do not lock the owner out.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { stopClock, wait } from '../support/clock.ts'
import { makeStaff, password, person } from '../support/people.ts'
import { guess, guesses, open, rowsOf, tenTimes, tryLogin } from '../support/throttling.ts'

beforeEach(stopClock)
afterEach(() => void vi.useRealTimers())

const home = '2001:db8:1:2::7'
const newPassword = 'a flock of herons'

/** A user with a session from `home`, and what sets their password by that session. */
async function atHome(how: { ip?: string; vars?: Record<string, unknown> } = {}) {
  const { email, id } = await person()
  const { body } = await tryLogin(email, { ip: home, ...how })
  return {
    email,
    id,
    token: body.access,
    refresh: body.refresh,
    set: setter({ token: body.access }),
  }
}

type Call = NonNullable<Parameters<ReturnType<typeof client>['post']>[2]>

const setter =
  (call: Call, vars = {}) =>
  async (current_password: string, new_password = newPassword) => {
    const sent = { current_password, new_password }
    return client({ ...open, ...vars }).post('/auth/users/set_password/', sent, call)
  }

const guessTen = async (set: ReturnType<typeof setter>) => {
  const statuses: number[] = []
  for (let time = 0; time < 10; time++) statuses.push((await set('a wrong one')).status)
  return statuses
}

describe('guesses of an unknown client', () => {
  test('do not lock the owner out of existing sessions or known networks', async () => {
    const { email, token, refresh, set } = await atHome()
    await guesses(10, email)
    expect((await tryLogin(email)).status).toBe(429)

    expect((await tryLogin(email, { ip: home })).status).toBe(200)
    const api = client(open)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect((await set(password)).status).toBe(204)
    expect((await tryLogin(email)).status).toBe(429)
  })

  test('are not reset by a login from a known network, which refunds only its own attempt', async () => {
    const { email, id } = await atHome()
    await guesses(9, email)
    expect((await tryLogin(email, { ip: home })).status).toBe(200)
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 9 }])
    expect((await guess(email)).status).toBe(401)
    expect((await guess(email)).status).toBe(429)
  })
})

describe('guesses from the network of an active session', () => {
  test('count in a counter of their own, and in the account’s', async () => {
    const { email, id } = await atHome()
    expect(await guesses(10, email, { ip: home })).toEqual(tenTimes(401))
    expect((await guess(email, { ip: home })).headers.get('retry-after')).toBe('60')
    expect((await guess(email)).status).toBe(429)
    const both = [
      { key: `login:${id}`, count: 10 },
      { key: `login:${id}:own`, count: 10 },
    ]
    expect(await rowsOf(id)).toMatchObject(both)
  })

  test('that are refused change no row, not even the account’s', async () => {
    const { email, id } = await atHome()
    await guesses(10, email, { ip: home })
    wait(60)
    await guess(email, { ip: home })
    wait(119)
    await env.DB.prepare('update throttles set blocked_until = 0 where key = ?')
      .bind(`login:${id}`)
      .run()
    const before = await rowsOf(id)
    expect((await guess(email, { ip: home })).status).toBe(429)
    expect(await rowsOf(id)).toEqual(before)
  })

  test.each([
    ['2001:db8:1:2::7', '2001:db8:1:2:ffff::1', true],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9', true],
    ['2001:db8::7', '2001:db8::1:2:3:4', true],
    ['2001:db8:0:0:1::', '2001:db8::9', true],
    ['2001:db8:1:2::7', '2001:db8:1:3::7', false],
    ['2001:db8:1:2::7', '2001:db8:1:20::7', false],
    ['2001:db8::5:1:2:3:4', '2001:db8::1', false],
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.70', false],
    ['203.0.113.7', '203.0.113.8', false],
  ])(
    'with a session from %s, a login from %s is from a known network: %s',
    async (there, here, isNear) => {
      const { email } = await atHome({ ip: there })
      await guesses(10, email)
      expect((await tryLogin(email, { ip: here })).status).toBe(isNear ? 200 : 429)
    },
  )

  test('count as an unknown client’s if the session is revoked, or belongs to another user', async () => {
    const { email, id, token } = await atHome()
    const other = await person()
    await guesses(10, email)
    await guesses(10, other.email)
    expect((await tryLogin(other.email, { ip: home })).status).toBe(429)

    await client(open).post('/auth/jwt/logout/', {}, { token })
    expect((await tryLogin(email, { ip: home })).status).toBe(429)
    expect(await rowsOf(id)).toHaveLength(1)
  })

  test('count as an unknown client’s if the session has expired', async () => {
    const { email } = await atHome()
    wait(3 * 24 * 60 * 60)
    await guesses(10, email)
    expect((await tryLogin(email, { ip: home })).status).toBe(429)
  })

  test('count as an unknown client’s, whatever headers the client sends', async () => {
    const { email } = await atHome()
    await guesses(10, email)
    const headers = { 'x-forwarded-for': home, 'x-real-ip': home, forwarded: `for="[${home}]"` }
    const answer = await client(open).post('/auth/jwt/create/', { email, password }, { headers })
    expect(answer.status).toBe(429)
  })
})

describe('guesses at the current password', () => {
  test('are throttled on every route that requires it, and count as logins', async () => {
    const { email, set, token } = await atHome()
    expect(await guessTen(set)).toEqual(tenTimes(400))
    const refused = await set(password)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    const api = client(open)
    const move = { current_password: password, new_email: 'a@example.com' }
    expect((await api.post('/auth/users/set_email/', move, { token })).status).toBe(429)
    const gone = { current_password: password }
    expect((await api.delete('/auth/users/me/', gone, { token })).status).toBe(429)
    expect((await api.delete('/auth/users/1/', gone, { token })).status).toBe(429)
    expect((await tryLogin(email)).status).toBe(429)
  })

  test('by one session do not count against other sessions of the account', async () => {
    const { email, set } = await atHome()
    const { body } = await tryLogin(email)
    await guessTen(set)
    expect((await set(password)).status).toBe(429)
    expect((await setter({ token: body.access })(password)).status).toBe(204)
  })

  test('by tokens without a session count together', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { email } = await person()
    const sliding = await tryLogin(email, { vars, path: '/api/token/sliding/' })
    const opaque = await tryLogin(email, { path: '/auth/token/login/' })
    const byKey = setter({ headers: { authorization: `Token ${opaque.body.auth_token}` } })
    expect(await guessTen(byKey)).toEqual(tenTimes(400))
    expect((await byKey(password)).status).toBe(429)
    expect((await setter({ token: sliding.body.token }, vars)(password)).status).toBe(429)
  })

  test('with a revoked token do not count against the account', async () => {
    const { id, set, token } = await atHome()
    await client(open).post('/auth/jwt/logout/', {}, { token })
    expect((await set('a wrong one')).status).toBe(401)
    expect(await rowsOf(id)).toEqual([])
  })

  test('with a token of an older password do not block a password change', async () => {
    const vars = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { email, id, set } = await atHome()
    const { body } = await tryLogin(email, { vars, path: '/api/token/sliding/' })
    const stale = setter({ token: body.token }, vars)
    expect((await set(password)).status).toBe(204)
    for (let time = 0; time < 12; time++) expect((await stale('a wrong one')).status).toBe(401)

    expect(await rowsOf(id)).toMatchObject([{ count: 0 }, { count: 0 }])
    const opaque = await tryLogin(email, { secret: newPassword, path: '/auth/token/login/' })
    const byKey = setter({ headers: { authorization: `Token ${opaque.body.auth_token}` } })
    expect((await byKey(newPassword, password)).status).toBe(204)
  })
})

describe('the right current password', () => {
  test('resets the counter of its session', async () => {
    const { id, set } = await atHome()
    for (let time = 0; time < 9; time++) await set('a wrong one')
    expect((await set(password)).status).toBe(204)
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 9 }])
  })

  test.each([
    ['a weak new one', (set: ReturnType<typeof setter>) => set(password, '123')],
    ['a request without it', (set: ReturnType<typeof setter>) => set('')],
  ])('with %s costs no attempt, however often it is sent', async (_, ask) => {
    const { email, id, set } = await atHome()
    for (let time = 0; time < 12; time++) expect((await ask(set)).status).toBe(400)
    expect(await rowsOf(id)).toMatchObject([{ count: 0 }, { count: 0 }])
    expect((await tryLogin(email)).status).toBe(200)
    expect((await set(password)).status).toBe(204)
  })

  test('starts no new wait after a wait, whatever else is wrong', async () => {
    const { set } = await atHome()
    await guessTen(set)
    wait(60)
    expect((await set(password, '123')).status).toBe(400)
    expect((await set(password)).status).toBe(204)
  })

  test('with a new email that is taken costs no attempt', async () => {
    const { id, token } = await atHome()
    const other = await person()
    const move = { current_password: password, new_email: other.email }
    const api = client({ ...open, EMAIL_CHANGE_CONFIRMATION: false })
    for (let time = 0; time < 12; time++) {
      expect((await api.post('/auth/users/set_email/', move, { token })).status).toBe(400)
    }
    expect(await rowsOf(id)).toMatchObject([{ count: 0 }, { count: 0 }])
  })

  test('of staff that delete another user resets the counter of the caller', async () => {
    const { id, token } = await atHome()
    const other = await person()
    await makeStaff(id)
    const gone = { current_password: password }
    const path = `/auth/users/${other.id}/`
    expect((await client(open).delete(path, gone, { token })).status).toBe(204)
    expect(await rowsOf(id)).toMatchObject([{ key: `login:${id}`, count: 0 }])
  })
})
