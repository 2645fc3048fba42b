// POST /auth/jwt/refresh/: rotation, the reuse interval and reuse.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { hourOfCrons } from '../support/cron.ts'
import { kindsTo, loggedIn, password } from '../support/people.ts'
import { noLimits } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'

const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
let start = new Date()

beforeEach(() => {
  start = new Date(Math.ceil(Date.now() / 1000) * 1000)
  vi.useFakeTimers({ toFake: ['Date'], now: start })
})
afterEach(() => {
  vi.useRealTimers()
})

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
  test('makes one rotation and one successor of 200 parallel refreshes of one token', async () => {
    const { api, refresh } = await loggedIn({ ...rotation, ...noLimits })

    const answers = await Promise.all(
      Array.from({ length: 200 }, () => api.post('/auth/jwt/refresh/', { refresh })),
    )

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect(await sessionOf(refresh)).toMatchObject({ refresh_counter: 1, revoked_at: null })
  })

  test('gives a used token the same successor within the reuse interval', async () => {
    const { api, refresh } = await loggedIn(rotation)

    pass({ minutes: 1 })
    const first = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: 19 })
    const second = await api.post('/auth/jwt/refresh/', { refresh })

    expect(second.body).toEqual(first.body)
  })

  test('accepts a refresh again that was answered 503, if the client obeys Retry-After', async () => {
    const { api, id, email, refresh } = await loggedIn(rotation)
    const lost = client({ ...rotation, DB: losingAnswers() })

    const refused = await lost.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: 2 * 5.15 + Number(refused.headers.get('retry-after')) })
    const again = await api.post('/auth/jwt/refresh/', { refresh })

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(again.status).toBe(200)
    expect(await sessionOf(refresh)).toMatchObject({ refresh_counter: 1, revoked_at: null })
    expect(await eventsOf(id)).not.toContain('refresh_reused')
    expect(await kindsTo(api, email)).not.toContain('refresh_reused')
  })

  test('keeps to a reuse interval that is longer than a 503 requires', async () => {
    const { api, refresh } = await loggedIn({ ...rotation, REFRESH_TOKEN_REUSE_INTERVAL: '60s' })

    const first = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: 59 })
    const second = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: 1 })
    const third = await api.post('/auth/jwt/refresh/', { refresh })

    expect(second.body).toEqual(first.body)
    expect(third.status).toBe(401)
  })

  test('revokes the session and the successor when a used token comes back after the reuse interval', async () => {
    const { api, refresh, access } = await loggedIn(rotation)

    const { body: successor } = await api.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: 20 })
    const reused = await api.post('/auth/jwt/refresh/', { refresh })

    expect(reused.status).toBe(401)
    expect(reused.body).toEqual({ detail: 'Token is blacklisted', code: 'token_not_valid' })
    expect(await sessionOf(refresh)).toMatchObject({ revoke_reason: 'reuse' })
    const next = await api.post('/auth/jwt/refresh/', { refresh: successor.refresh })
    expect(next.body.detail).toBe('Token is blacklisted')
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
  })

  test('revokes the session at once when the token before the last one comes back', async () => {
    const { api, refresh } = await loggedIn(rotation)

    const first = await api.post('/auth/jwt/refresh/', { refresh })
    await api.post('/auth/jwt/refresh/', { refresh: first.body.refresh })
    const reused = await api.post('/auth/jwt/refresh/', { refresh })

    expect(reused.status).toBe(401)
    expect(await sessionOf(refresh)).toMatchObject({ revoke_reason: 'reuse' })
  })

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

  test('without a reuse interval refuses a used token, even if the clock of another instance is slow', async () => {
    const { api, refresh } = await loggedIn({ ...rotation, REFRESH_TOKEN_REUSE_INTERVAL: 0 })

    await api.post('/auth/jwt/refresh/', { refresh })
    pass({ seconds: -1 })
    const { status } = await api.post('/auth/jwt/refresh/', { refresh })

    expect(status).toBe(401)
  })

  test('revokes no session because the clock of an instance is slow', async () => {
    const { api, refresh } = await loggedIn(rotation)
    pass({ minutes: 1 })
    const { body } = await api.post('/auth/jwt/refresh/', { refresh })
    await api.post('/auth/jwt/refresh/', { refresh: body.refresh })

    pass({ seconds: -2 })
    const { status } = await api.post('/auth/jwt/refresh/', { refresh })

    expect(status).toBe(401)
    expect(await sessionOf(refresh)).toMatchObject({ revoked_at: null })
  })

  test('lets a logout with the token of another tab revoke the session too', async () => {
    const { api, refresh } = await loggedIn(rotation)
    const { body } = await api.post('/auth/jwt/refresh/', { refresh })

    const { status } = await api.post('/api/token/blacklist/', { refresh })

    expect(status).toBe(200)
    const next = await api.post('/auth/jwt/refresh/', { refresh: body.refresh })
    expect(next.body.detail).toBe('Token is blacklisted')
  })

  test('refuses a logout with a token that was used long ago, and revokes the session all the same', async () => {
    const { api, refresh } = await loggedIn(rotation)
    await api.post('/auth/jwt/refresh/', { refresh })
    pass({ minutes: 1 })

    const { status, body } = await api.post('/api/token/blacklist/', { refresh })

    expect([status, body.detail]).toEqual([401, 'Token is blacklisted'])
    expect(await sessionOf(refresh)).toMatchObject({ revoke_reason: 'blacklisted' })
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
    await env.DB.prepare(`update users set status = 'disabled' where id = ?`)
      .bind(disabled.id)
      .run()
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

const units = { seconds: 1000, minutes: 60_000, hours: 3_600_000 }

function pass(time: Partial<Record<keyof typeof units, number>>) {
  for (const [unit, amount] of Object.entries(time)) {
    vi.setSystemTime(Date.now() + amount * units[unit as keyof typeof units])
  }
}

/** D1 that rotates refresh tokens, and loses the answers. */
const losingAnswers = () =>
  interceptD1(env.DB, async (statements, run) => {
    const answer = await run()
    if (statements.some((each) => each.startsWith('update "sessions"'))) {
      throw new Error('Network connection lost.')
    }
    return answer
  })

const eventsOf = async (id: number) => {
  const select = 'select type from security_events where user_id = ?'
  const { results } = await env.DB.prepare(select).bind(id).all<{ kind: string }>()
  return results.map(({ kind }) => kind)
}

const sessionOf = (refresh: string) =>
  env.DB.prepare('select * from sessions where id = ?').bind(decodeJwt(refresh).sid).first()

const setTimes = (refresh: string, createdAt: number, refreshedAt: number) =>
  env.DB.prepare('update sessions set created_at = ?, refreshed_at = ? where id = ?')
    .bind(createdAt, refreshedAt, decodeJwt(refresh).sid)
    .run()
