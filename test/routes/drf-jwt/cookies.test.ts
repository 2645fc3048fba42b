// drf-jwt's cookies: a request that reads or sets one is rejected if a page of another site sent it.

import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { password, person } from '../../support/people.ts'

const cookies = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', JWT_AUTH_COOKIE: 'jwt' }
const app = 'https://app.test'

async function userWithToken(vars: Record<string, unknown> = cookies) {
  const someone = await person(vars)
  const credentials = { email: someone.email, password }
  const { body } = await someone.api.post('/api-token-auth/', credentials)
  return { ...someone, credentials, token: String(body.token) }
}

const otherSites: Record<string, string>[] = [
  { origin: 'https://evil.test' },
  { origin: 'null' },
  { origin: app },
  { origin: 'https://auth.test', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
]
const ownPages: Record<string, string>[] = [
  {},
  { origin: 'https://auth.test' },
  { origin: 'https://auth.test', 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'none' },
]

describe('a request that reads a cookie', () => {
  test('is accepted from our own page, or from no page', async () => {
    const { api, token } = await userWithToken()
    for (const headers of ownPages) {
      const call = { headers: { cookie: `jwt=${token}`, ...headers } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(200)
    }
  })

  test('is rejected from a page of another site, whatever the route', async () => {
    const { api, token } = await userWithToken()
    for (const headers of otherSites) {
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

  test('is accepted from an origin that the settings name', async () => {
    const trusting = { CORS_ALLOW_CREDENTIALS: true, CORS_ALLOWED_ORIGINS: app }
    const { token } = await userWithToken()
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

  test('is rejected from the origin `null`, which any page can have, even if the settings name it', async () => {
    const { token } = await userWithToken()
    const trusting = { CORS_ALLOW_CREDENTIALS: true, CORS_ALLOWED_ORIGINS: 'null' }
    const headers = { cookie: `jwt=${token}`, origin: 'null' }
    const answer = await client({ ...cookies, ...trusting }).get('/auth/users/me/', { headers })
    expect(answer.status).toBe(403)
  })

  test('is not one if it has an Authorization header', async () => {
    const { api, token } = await userWithToken()
    for (const headers of otherSites) {
      const call = { token, headers: { cookie: 'jwt=garbage', ...headers } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(200)
    }
  })
})

describe('a request that sets a cookie', () => {
  test('is rejected from a page of another site, and sets no cookie', async () => {
    const { api, token, credentials } = await userWithToken()
    for (const headers of otherSites) {
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

  test('is not one with cookies off, and any page may send it', async () => {
    const { api, credentials } = await userWithToken({ ...cookies, JWT_AUTH_COOKIE: '' })
    for (const headers of otherSites) {
      const answer = await api.post('/api-token-auth/', credentials, { headers })
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([201, null])
    }
  })
})

test('a cookie expires no later than browsers allow', async () => {
  const { api, credentials } = await userWithToken({ ...cookies, JWT_EXPIRATION_DELTA: '520w' })
  const { status, headers } = await api.post('/api-token-auth/', credentials)
  expect([status, headers.get('set-cookie')]).toEqual([201, expect.stringContaining('34560000')])
})
