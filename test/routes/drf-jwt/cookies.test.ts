// drf-jwt's cookies: a request that reads or sets one is refused when another site's page sent it.

import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { password, person } from '../../support/people.ts'

const cookies = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', JWT_AUTH_COOKIE: 'jwt' }
const app = 'https://app.test'

async function holder(vars: Record<string, unknown> = cookies) {
  const someone = await person(vars)
  const credentials = { email: someone.email, password }
  const { body } = await someone.api.post('/api-token-auth/', credentials)
  return { ...someone, credentials, token: String(body.token) }
}

const foreign: Record<string, string>[] = [
  { origin: 'https://evil.test' },
  { origin: 'null' },
  { origin: app },
  { origin: 'https://auth.test', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
]
const own: Record<string, string>[] = [
  {},
  { origin: 'https://auth.test' },
  { origin: 'https://auth.test', 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'none' },
]

describe('a request that reads a cookie', () => {
  test('is answered when it is our own page’s, or no page’s', async () => {
    const { api, token } = await holder()
    for (const headers of own) {
      const call = { headers: { cookie: `jwt=${token}`, ...headers } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(200)
    }
  })

  test('is refused when another site’s page sent it, whatever it asks', async () => {
    const { api, token } = await holder()
    for (const headers of foreign) {
      const call = { headers: { cookie: `jwt=${token}`, ...headers } }
      for (const [method, path] of [
        ['GET', '/auth/users/me/'],
        ['DELETE', '/auth/users/me/'],
        ['POST', '/auth/logout/'],
      ] as const) {
        const { status, body } = await api.send(method, path, call)
        expect([status, body.detail]).toEqual([403, expect.stringMatching(/^CSRF Failed: /)])
      }
    }
  })

  test('is answered when its origin is trusted by name', async () => {
    const trusting = { CORS_ALLOW_CREDENTIALS: true, CORS_ALLOWED_ORIGINS: app }
    const { token } = await holder()
    const headers = { cookie: `jwt=${token}`, origin: app, 'sec-fetch-site': 'same-site' }
    for (const [vars, status] of [
      [trusting, 200],
      [{ ...trusting, CORS_ALLOW_CREDENTIALS: false }, 403],
      [{ CORS_ALLOW_CREDENTIALS: true, CORS_ALLOW_ALL_ORIGINS: true }, 403],
    ] as const) {
      const answer = await client({ ...cookies, ...vars }).get('/auth/users/me/', { headers })
      expect(answer.status).toBe(status)
    }
  })

  test('is refused from the origin `null`, which anybody can have, though it is named', async () => {
    const { token } = await holder()
    const trusting = { CORS_ALLOW_CREDENTIALS: true, CORS_ALLOWED_ORIGINS: 'null' }
    const headers = { cookie: `jwt=${token}`, origin: 'null' }
    const answer = await client({ ...cookies, ...trusting }).get('/auth/users/me/', { headers })
    expect(answer.status).toBe(403)
  })

  test('is none when a header is there to be read', async () => {
    const { api, token } = await holder()
    for (const headers of foreign) {
      const call = { token, headers: { cookie: 'jwt=garbage', ...headers } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(200)
    }
  })
})

describe('a request that sets a cookie', () => {
  test('is refused when another site’s page sent it, and sets none', async () => {
    const { api, token, credentials } = await holder()
    for (const headers of foreign) {
      for (const [path, body] of [
        ['/api-token-auth/', credentials],
        ['/api-token-verify/', { token }],
        ['/api-token-refresh/', { token }],
      ] as const) {
        const answer = await api.post(path, body, { headers })
        expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
      }
    }
  })

  test('is none where cookies are off, and anybody’s page may send it', async () => {
    const { api, credentials } = await holder({ ...cookies, JWT_AUTH_COOKIE: '' })
    for (const headers of foreign) {
      const answer = await api.post('/api-token-auth/', credentials, { headers })
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([201, null])
    }
  })
})

test('a cookie lives no longer than browsers let it', async () => {
  const { api, credentials } = await holder({ ...cookies, JWT_EXPIRATION_DELTA: '520w' })
  const { status, headers } = await api.post('/api-token-auth/', credentials)
  expect([status, headers.get('set-cookie')]).toEqual([201, expect.stringContaining('34560000')])
})
