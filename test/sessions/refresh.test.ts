// POST /auth/jwt/refresh/: with and without rotation, for how long, and for which users. The reuse of tokens:
// refresh-reuse.test.ts.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { clockAt, pass } from '../support/clock.ts'
import { hourOfCrons } from '../support/cron.ts'
import { changeUser, loggedIn, password } from '../support/people.ts'
import { rotation, sessionOf } from '../support/rotation.ts'

const start = new Date(Math.ceil(Date.now() / 1000) * 1000)

clockAt(start)

describe('a refresh token of a deleted user', () => {
  test('is blacklisted without an error, and refreshes nothing', async () => {
    const { api, access, refresh } = await loggedIn()
    await api.delete('/auth/users/me/', { current_password: password }, { token: access })

    const first = await api.post('/api/token/blacklist/', { refresh })
    const again = await api.post('/api/token/blacklist/', { refresh })
    const next = await api.post('/auth/jwt/refresh/', { refresh })

    expect([first.status, first.body, again.status]).toEqual([200, {}, 200])
    const detail = 'No active account found for the given token.'
    expect([next.status, next.body]).toEqual([401, { detail }])
  })
})

describe('POST /auth/jwt/refresh/ with rotation off', () => {
  test('keeps the refresh token, and answers only an access token', async () => {
    const { api, refresh } = await loggedIn()

    pass({ minutes: 10 })
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['access'])
    expect(decodeJwt(body.access).iat).toBe(start.getTime() / 1000 + 600)
    expect(await sessionOf(refresh)).toMatchObject({
      refresh_counter: 0,
      refreshed_at: start.getTime(),
    })
  })

  test('refuses the token after its lifetime', async () => {
    const { api, refresh } = await loggedIn()

    pass({ hours: 24 })
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect(status).toBe(401)
    expect(body).toEqual({ detail: 'Token is invalid or expired', code: 'token_not_valid' })
  })
})

describe('POST /auth/jwt/refresh/ with rotation on, without the blacklist', () => {
  test('accepts every token of an active session', async () => {
    const { api, refresh } = await loggedIn({ ROTATE_REFRESH_TOKENS: true })

    const first = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ minutes: 1 })
    const second = await api.post('/auth/jwt/refresh/', { refresh })
    const third = await api.post('/auth/jwt/refresh/', { refresh: first.body.refresh })

    expect([first.status, second.status, third.status]).toEqual([200, 200, 200])
    expect(new Set([refresh, first.body.refresh, second.body.refresh]).size).toBe(3)
  })
})

describe('POST /auth/jwt/refresh/ with rotation and blacklist', () => {
  test('extends the session with each refresh', async () => {
    const { api, refresh } = await loggedIn(rotation)

    pass({ hours: 20 })
    const first = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ hours: 10 })
    const second = await api.post('/auth/jwt/refresh/', { refresh: first.body.refresh })

    expect(second.status).toBe(200)
  })

  test('refuses a session after SESSION_MAX_LIFETIME, however often it was refreshed', async () => {
    const { api, refresh } = await loggedIn({ ...rotation, SESSION_MAX_LIFETIME: '30h' })

    pass({ hours: 20 })
    const first = await api.post('/auth/jwt/refresh/', { refresh })
    expect(decodeJwt(first.body.refresh).exp).toBe(start.getTime() / 1000 + 30 * 3600)
    pass({ hours: 10 })
    const second = await api.post('/auth/jwt/refresh/', { refresh: first.body.refresh })

    expect(second.status).toBe(401)
  })

  test('refuses a session after SESSION_MAX_LIFETIME, whatever LEEWAY allows the token', async () => {
    const { api, refresh } = await loggedIn({ ...rotation, SESSION_MAX_LIFETIME: '1h', LEEWAY: 60 })

    pass({ minutes: 60 })
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect([status, body.detail]).toEqual([401, 'Token is blacklisted'])
  })

  test('gives no tokens for a revoked session', async () => {
    const { api, refresh } = await loggedIn(rotation)

    await api.post('/api/token/blacklist/', { refresh })
    const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })

    expect(status).toBe(401)
    expect(body.detail).toBe('Token is blacklisted')
    expect(await sessionOf(refresh)).toMatchObject({
      refresh_counter: 0,
      revoke_reason: 'blacklisted',
    })
  })

  test('refuses a disabled and a deleted user', async () => {
    const disabled = await loggedIn(rotation)
    const gone = await loggedIn(rotation)
    await changeUser(disabled.id, "status = 'disabled'")
    await gone.api.delete('/auth/users/me/', { current_password: password }, { token: gone.access })

    for (const { api, refresh } of [disabled, gone]) {
      const { status, body } = await api.post('/auth/jwt/refresh/', { refresh })
      expect(status).toBe(401)
      expect(body).toEqual({ detail: 'No active account found for the given token.' })
    }
  })
})

describe('the cron', () => {
  test('deletes sessions whose last token has expired, and no others', async () => {
    const [still, over] = [await loggedIn(rotation), await loggedIn(rotation)]
    const night = new Date()
    night.setUTCHours(3, 0, 0, 0)
    const hoursBefore = (hours: number) => night.getTime() - hours * 3_600_000
    await setTimes(still.refresh, hoursBefore(30), hoursBefore(10))
    await setTimes(over.refresh, hoursBefore(30), hoursBefore(25))

    await hourOfCrons(night)

    expect(await sessionOf(still.refresh)).not.toBeNull()
    expect(await sessionOf(over.refresh)).toBeNull()
  })
})

const setTimes = (refresh: string, createdAt: number, refreshedAt: number) =>
  env.DB.prepare('update sessions set created_at = ?, refreshed_at = ? where id = ?')
    .bind(createdAt, refreshedAt, decodeJwt(refresh).sid)
    .run()
