// D1_READ_REPLICATION: users read what they wrote, whichever request wrote it, and however the isolate or the cache fails.

import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Api, client } from '../support/api.ts'
import { clockAt, wait } from '../support/clock.ts'
import { forgetInIsolate } from '../support/forget.ts'
import { logIn, password } from '../support/people.ts'
import { interceptD1 } from '../support/trips.ts'
import { longAgo, settle } from './setup.ts'

clockAt(new Date('2032-06-01T12:00:00Z'))
afterEach(() => {
  vi.restoreAllMocks()
})

test('of two edits at once, the later one is read, whichever is answered last', async () => {
  const ada = await longAgo()
  const { d1, vars, api, access: token, get } = ada
  let answer = () => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const slow = interceptD1(d1.DB, async (statements, run) => {
    const result = await run()
    if (statements.some((text) => text.startsWith('update "users"'))) await answered
    return result
  })
  const first = client({ ...vars, DB: slow }).patch(
    '/auth/users/me/',
    { first_name: 'Augusta' },
    { token },
  )
  await vi.waitUntil(async () => (await nameOf(ada.id)) === 'Augusta')
  await api.patch('/auth/users/me/', { first_name: 'Byron' }, { token })
  answer()
  expect((await first).status).toBe(200)

  wait(6)
  const { near } = d1.calls
  const { body } = await api.get('/auth/users/me/', { token })
  expect([body.first_name, d1.calls.near]).toEqual(['Byron', near + 1])
  expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 0, near: 1 })
})

const nameOf = (id: number) =>
  env.DB.prepare('select first_name from users where id = ?').bind(id).first('first_name')

describe('the last write of a user', () => {
  test('is known to the other isolates of the location', async () => {
    const { d1, api, access: token, get } = await longAgo()
    await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token })
    forgetInIsolate()
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    wait(6)
    const { near } = d1.calls
    const { body } = await api.get('/auth/users/me/', { token })
    expect([body.first_name, d1.calls.near]).toEqual(['Augusta', near + 1])
  })

  test('is known to this isolate if the cache does not keep it', async () => {
    const { api, access: token, get } = await longAgo()
    vi.spyOn(caches, 'open').mockResolvedValue(
      cacheOf(
        async () => undefined,
        async () => {},
      ),
    )
    const edit = await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token })
    expect(edit.status).toBe(200)
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    wait(6)
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 0, near: 1 })
  })

  test.each([
    ['fails', () => Promise.reject(new Error('no cache'))],
    ['does not answer', () => new Promise<never>(() => {})],
  ])('is not known while the cache %s, so the primary is asked', async (_, match) => {
    const { api, access: token, get } = await longAgo()
    vi.spyOn(caches, 'open').mockResolvedValue(cacheOf(match, match))
    expect(await get('/auth/users/me/')).toEqual({ status: 200, primary: 1, near: 0 })
    const edit = await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token })
    expect(edit.status).toBe(200)
  })
})

const cacheOf = (match: Cache['match'], put: Cache['put']) => ({ match, put }) as Cache

describe('a session is in the list, or is not, as soon as the refresh is answered', () => {
  test('that revoked it, because the password has changed', async () => {
    const ada = await longAgo({ CHECK_REVOKE_TOKEN: true, ACCESS_TOKEN_LIFETIME: '1h' })
    const change = { current_password: password, new_password: 'a flock of geese' }
    await ada.api.post('/auth/users/set_password/', change, { token: ada.access })
    const { body } = await logIn(ada.api, { email: ada.email, password: 'a flock of geese' })
    await settle(ada.d1)
    expect(await sessionsOf(ada.api, body.access)).toHaveLength(2)

    const refreshed = await ada.api.post('/auth/jwt/refresh/', { refresh: ada.refresh })
    expect(refreshed.status).toBe(401)
    expect(await sessionsOf(ada.api, body.access)).toHaveLength(1)
  })

  test('that started it, by a token of Django', async () => {
    const ada = await longAgo({ ACCESS_TOKEN_LIFETIME: '1h' })
    await ada.d1.DB.prepare('update users set token_version = 0 where id = ?').bind(ada.id).run()
    await settle(ada.d1)
    expect(await sessionsOf(ada.api, ada.access)).toHaveLength(1)

    const refresh = await djangoToken(ada.id)
    expect((await ada.api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect(await sessionsOf(ada.api, ada.access)).toHaveLength(2)
  })
})

async function sessionsOf(api: Api, token: string) {
  const { body } = await api.get('/auth/sessions/', { token })
  return body.map(({ id }: { id: string }) => id)
}

/** A refresh token of a Django with the same key. */
function djangoToken(user_id: number) {
  const seconds = Math.floor(Date.now() / 1000)
  const jti = crypto.randomUUID().replaceAll('-', '')
  return new SignJWT({ token_type: 'refresh', exp: seconds + 86_400, jti, user_id })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(env.SIGNING_KEY))
}
