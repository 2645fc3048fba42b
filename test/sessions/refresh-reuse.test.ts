// A refresh token that is used twice: within the reuse interval, after it, and with clocks that differ.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, pass } from '../support/clock.ts'
import { kindsTo, loggedIn } from '../support/people.ts'
import { rotation, sessionOf } from '../support/rotation.ts'
import { noLimits } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'

clockAt(new Date())

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
})

/** D1 that rotates refresh tokens, and loses the answers. */
const losingAnswers = () =>
  interceptD1(env.DB, async (statements, run) => {
    const answer = await run()
    if (statements.some((each) => /^update "?sessions/.test(each))) {
      throw new Error('Network connection lost.')
    }
    return answer
  })

const eventsOf = async (id: number) => {
  const select = 'select type from security_events where user_id = ?'
  const { results } = await env.DB.prepare(select).bind(id).all<{ type: string }>()
  return results.map(({ type }) => type)
}
