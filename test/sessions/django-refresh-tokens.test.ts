// Refresh tokens that a Django with the same key issued before its users moved here.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { cron, hourOfCrons } from '../support/cron.ts'
import { logIn, password, person } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
const key = new TextEncoder().encode(
  String((env as unknown as Record<string, unknown>).SIGNING_KEY),
)
const start = new Date('2030-06-01T12:00:00Z')
const hour = 3_600_000

clockAt(start)

/** An imported user, and a refresh token that their Django issued. */
async function imported(vars: Record<string, unknown> = {}, given: object = {}) {
  const user = await person(vars)
  await write('update users set token_version = 0 where id = ?', user.id)
  return { ...user, refresh: await issued(user.id, given) }
}

const issued = (user_id: number, given: object = {}) =>
  new SignJWT({
    ...{ token_type: 'refresh', exp: seconds() + 86_400, iat: seconds() - 3600 },
    ...{ jti: crypto.randomUUID().replaceAll('-', ''), user_id },
    ...given,
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(key)

describe('a refresh token of Django without rotation', () => {
  test('refreshes until it expires, in one session', async () => {
    const { api, id, refresh } = await imported()

    const first = await api.post('/auth/jwt/refresh/', { refresh }, device)
    pass(hour)
    const second = await api.post('/auth/jwt/refresh/', { refresh })
    const me = await api.get('/auth/users/me/', { token: second.body.access })
    pass(23 * hour)
    const third = await api.post('/auth/jwt/refresh/', { refresh })

    expect(Object.keys(first.body)).toEqual(['access'])
    expect([first.status, second.status, me.status, third.status]).toEqual([200, 200, 200, 401])
    expect(await sessionsOf(id)).toMatchObject([
      {
        refresh_counter: 0,
        revoked_at: null,
        created_at: start.getTime(),
        user_agent: 'Moved/1.0',
      },
    ])
  })

  test('takes one round trip, at first and later', async () => {
    const { refresh } = await imported()
    let trips = 0
    const api = client({
      DB: beforeRoundTrip(env.DB, () => {
        trips++
      }),
    })

    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect(trips).toBe(1)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect(trips).toBe(2)
  })

  test('stays revoked under a new SECRET_KEY, while the old one is a fallback', async () => {
    const { api, id, refresh } = await imported()
    await api.post('/api/token/blacklist/', { refresh })

    const old = String((env as unknown as Record<string, unknown>).SECRET_KEY)
    const rekeyed = { SECRET_KEY: 'a-new-secret-key-of-32-bytes-or-more' }
    for (const vars of [rekeyed, { ...rekeyed, SECRET_KEY_FALLBACKS: old }]) {
      const { status } = await client(vars).post('/auth/jwt/refresh/', { refresh })
      expect(status).toBe(401)
    }
    expect(await sessionsOf(id)).toHaveLength(1)
  })
})

describe('a refresh token of Django with rotation and blacklist', () => {
  test('is rotated into our tokens, once for all parallel calls', async () => {
    const { api, id, refresh } = await imported(rotation)

    const answers = await Promise.all(
      Array.from({ length: 30 }, () => api.post('/auth/jwt/refresh/', { refresh })),
    )
    const next = await api.post('/auth/jwt/refresh/', { refresh: answers[0]?.body.refresh })

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(next.status).toBe(200)
    expect(await sessionsOf(id)).toMatchObject([{ refresh_counter: 2, revoked_at: null }])
    expect(decodeJwt(next.body.refresh).sid).toBe((await sessionsOf(id))[0]?.id)
  })

  test('revokes its session if it is used again after the reuse interval', async () => {
    const { api, id, refresh } = await imported(rotation)
    const { body } = await api.post('/auth/jwt/refresh/', { refresh })

    pass(20_000)
    const again = await api.post('/auth/jwt/refresh/', { refresh })
    const next = await api.post('/auth/jwt/refresh/', { refresh: body.refresh })

    const blacklisted = { detail: 'Token is blacklisted', code: 'token_not_valid' }
    expect([again.body, next.body]).toEqual([blacklisted, blacklisted])
    expect(await sessionsOf(id)).toMatchObject([{ revoke_reason: 'reuse' }])
  })

  test('gets no second session after the first was deleted, however late it expires', async () => {
    const year = { exp: start.getTime() / 1000 + 366 * 86_400 }
    const { api, id, refresh } = await imported(rotation, year)
    await api.post('/auth/jwt/refresh/', { refresh })

    const later = new Date('2030-07-01T03:00:00Z')
    vi.setSystemTime(later)
    await hourOfCrons(later)
    expect(await sessionsOf(id)).toEqual([])
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect([status, body.detail]).toEqual([401, 'Token is blacklisted'])
    expect((await api.post('/auth/jwt/verify/', { token: refresh })).status).toBe(400)

    const end = new Date('2031-06-03T03:00:00Z')
    await cron(end)
    const left = await env.DB.prepare('select * from revoked_tokens where user_id = ?').bind(id)
    expect((await left.all()).results).toEqual([])
  })

  test('verifies until it is used up', async () => {
    const { api, refresh } = await imported(rotation)
    expect((await api.post('/auth/jwt/verify/', { token: refresh })).status).toBe(200)
    await api.post('/auth/jwt/refresh/', { refresh })
    const { status, body } = await api.post('/auth/jwt/verify/', { token: refresh })
    expect([status, body]).toEqual([400, { non_field_errors: ['Token is blacklisted'] }])
  })
})

describe.each([{}, rotation])('a refresh token of Django with %o', (vars) => {
  test('stays blacklisted if it is blacklisted before its first use', async () => {
    const { api, id, refresh } = await imported(vars)

    const first = await api.post('/api/token/blacklist/', { refresh })
    const second = await api.post('/api/token/blacklist/', { refresh })
    const next = await api.post('/auth/jwt/refresh/', { refresh })

    expect([first.status, first.body]).toEqual([200, {}])
    expect([second.status, second.body.detail]).toEqual([401, 'Token is blacklisted'])
    expect([next.status, next.body.detail]).toEqual([401, 'Token is blacklisted'])
    expect(await sessionsOf(id)).toMatchObject([{ revoke_reason: 'blacklisted' }])
  })

  test('for a user that signed up here is refused, and writes nothing', async () => {
    const { api, id } = await person(vars)
    const refresh = await issued(id)

    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect([status, body.detail]).toEqual([401, 'Token is blacklisted'])
    expect((await api.post('/api/token/blacklist/', { refresh })).status).toBe(401)
    expect(await sessionsOf(id)).toEqual([])
  })

  test('for a disabled, deleted or unknown user is refused', async () => {
    const disabled = await imported(vars)
    await write(`update users set status = 'disabled' where id = ?`, disabled.id)
    const gone = await imported(vars)
    await write('delete from users where id = ?', gone.id)

    for (const refresh of [disabled.refresh, gone.refresh, await issued(999_999_999)]) {
      const { status, body } = await disabled.api.post('/auth/jwt/refresh/', { refresh })
      expect(status).toBe(401)
      expect(body).toEqual({ detail: 'No active account found for the given token.' })
    }
    expect(await sessionsOf(disabled.id)).toEqual([])
  })

  test('is revoked by a new password here, used before or not', async () => {
    const { api, email, id, refresh } = await imported({ ...vars, LOGOUT_ON_PASSWORD_CHANGE: true })
    const unused = await issued(id)
    await api.post('/auth/jwt/refresh/', { refresh })
    const { body } = await logIn(api, { email })
    const change = { current_password: password, new_password: 'a flock of herons' }
    await api.post('/auth/users/set_password/', change, { token: body.access })

    for (const token of [refresh, unused]) {
      const answer = await api.post('/auth/jwt/refresh/', { refresh: token })
      expect([answer.status, answer.body.detail]).toEqual([401, 'Token is blacklisted'])
    }
  })

  test('without a user or an id is invalid', async () => {
    const { api, id } = await imported(vars)
    for (const given of [{ user_id: undefined }, { user_id: 'abc' }, { jti: '' }]) {
      const refresh = await issued(id, given)
      const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })
      expect([status, body.code]).toEqual([401, 'token_not_valid'])
    }
  })
})

const device = { headers: { 'user-agent': 'Moved/1.0' } }
const seconds = () => Math.floor(Date.now() / 1000)

function pass(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds)
}

const write = (sql: string, id: number) => env.DB.prepare(sql).bind(id).run()

async function sessionsOf(id: number) {
  const found = await env.DB.prepare('select * from sessions where user_id = ?').bind(id).all()
  return found.results
}
