// AUTH_COOKIES: a request that reads or sets our cookies is refused if another site's page sent it.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { loggedIn, logIn, newEmail, password } from '../../support/people.ts'

const on = { AUTH_COOKIES: true }
const ownOrigin = 'https://auth.test'
const appOrigin = 'https://app.test'

type Headers = Record<string, string>
const otherSites: Headers[] = [
  { origin: 'https://evil.test' },
  { origin: 'https://auth.test.evil.test', 'sec-fetch-site': 'cross-site' },
  { origin: 'http://auth.test' },
  { origin: appOrigin, 'sec-fetch-site': 'same-site' },
  { origin: ownOrigin, 'sec-fetch-site': 'cross-site' },
  { origin: 'null' },
  { origin: 'null', 'sec-fetch-site': 'none' },
  { origin: 'null', 'sec-fetch-site': 'same-site' },
  { origin: 'null', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
]
const allowed: Headers[] = [
  {},
  { origin: ownOrigin },
  { origin: ownOrigin, 'sec-fetch-site': 'same-origin' },
  { origin: 'null', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'none' },
]

/** Every request that reads or sets a cookie. Each has its own session. */
async function requests(vars: Record<string, unknown>) {
  const settings = { ...on, REGISTER: true, THROTTLE_ENABLED: false, ...vars }
  const { api, email } = await loggedIn(settings)
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  async function cookie() {
    const { body } = await logIn(api, { email })
    return `__Host-access=${body.access}; __Host-refresh=${body.refresh}`
  }
  return [
    ['POST', '/auth/jwt/create/', { email, password }, 200],
    ['POST', '/api/token/', { email, password }, 200],
    ['POST', '/register/', { email: newEmail(), password, ...names }, 200],
    ['POST', '/auth/jwt/refresh/', {}, 200],
    ['POST', '/auth/jwt/logout/', {}, 204],
    ['POST', '/api/token/blacklist/', {}, 200],
    ['GET', '/auth/users/me/', undefined, 200],
    ['HEAD', '/auth/users/me/', undefined, 200],
    ['GET', '/api/protected-endpoint/', undefined, 200],
    ['PATCH', '/auth/users/me/', { first_name: 'Eve' }, 200],
    [
      'POST',
      '/auth/users/set_password/',
      { new_password: password, current_password: password },
      204,
    ],
  ].map(([method, path, json, status]) => ({
    path: `${method} ${path}`,
    status,
    send: async (headers: Headers) => {
      const call = { json, headers: { ...headers, cookie: await cookie() } }
      const answer = await api.send(String(method), String(path), call)
      return { ...answer, set: answer.headers.getSetCookie() }
    },
  }))
}

test('a request from our own page, or from no page, is answered', async () => {
  for (const { path, status, send } of await requests({})) {
    for (const headers of path.includes('register') ? [{}] : allowed) {
      expect([path, headers, (await send(headers)).status]).toEqual([path, headers, status])
    }
  }
})

test('a request from another site’s page is refused, and sets, revokes and changes nothing', async () => {
  const { api, email, access, refresh } = await loggedIn(on)
  for (const { path, send } of await requests({})) {
    for (const headers of otherSites) {
      const { status, body, set } = await send(headers)
      expect([path, headers, status, set]).toEqual([path, headers, 403, []])
      if (!path.startsWith('HEAD')) expect(body.detail).toMatch(/^CSRF Failed: /)
    }
  }
  const cookie = `__Host-access=${access}; __Host-refresh=${refresh}`
  for (const headers of otherSites) {
    const call = { headers: { ...headers, cookie } }
    await api.post('/auth/jwt/logout/', {}, call)
    await api.patch('/auth/users/me/', { first_name: 'Eve' }, call)
  }
  expect((await api.get('/auth/users/me/', { token: access })).body).toMatchObject({
    email,
    first_name: 'Ada',
  })
  expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
})

test('another site’s page is refused even with a token in the body, or in the header of a logout', async () => {
  const { api, access, refresh } = await loggedIn({ ...on, ROTATE_REFRESH_TOKENS: true })
  for (const headers of otherSites) {
    for (const [path, json, call] of [
      ['/auth/jwt/refresh/', { refresh }, { headers }],
      ['/api/token/blacklist/', { refresh }, { headers }],
      ['/auth/jwt/logout/', { refresh }, { headers }],
      ['/auth/jwt/logout/', {}, { headers, token: access }],
    ] as const) {
      const answer = await api.post(path, json, call)
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
    }
  }
  expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
})

test('a 403 gives the reason: the origin, or Sec-Fetch-Site', async () => {
  const api = client(on)
  const detailOf = async (headers: Headers) =>
    (await api.post('/auth/jwt/create/', {}, { headers })).body.detail
  expect(await detailOf({ origin: 'https://evil.test' })).toBe(
    'CSRF Failed: Origin checking failed - https://evil.test does not match any trusted origins.',
  )
  expect(await detailOf({ origin: ownOrigin, 'sec-fetch-site': 'same-site' })).toBe(
    'CSRF Failed: Sec-Fetch-Site is same-site.',
  )
})

describe('a page of an origin that the CORS settings name', () => {
  const fromApps: Headers[] = [
    { origin: appOrigin, 'sec-fetch-site': 'same-site' },
    { origin: 'https://one.apps.test', 'sec-fetch-site': 'cross-site' },
  ]
  const trusting = {
    CORS_ALLOW_ALL_ORIGINS: false,
    CORS_ALLOW_CREDENTIALS: true,
    CORS_ALLOWED_ORIGINS: `${appOrigin},null`,
    CORS_ALLOWED_ORIGIN_REGEXES: 'https://[a-z]+\\.apps\\.test$',
  }

  test('is answered, and may read the answer', async () => {
    for (const { path, status, send } of await requests(trusting)) {
      for (const headers of path.includes('register') ? fromApps.slice(0, 1) : fromApps) {
        const answer = await send(headers)
        expect([path, answer.status]).toEqual([path, status])
        expect(answer.headers.get('access-control-allow-origin')).toBe(headers.origin)
        expect(answer.headers.get('access-control-allow-credentials')).toBe('true')
      }
    }
  })

  test('is refused without CORS_ALLOW_CREDENTIALS, and the origin `null` is always refused', async () => {
    for (const [vars, origin] of [
      [{ ...trusting, CORS_ALLOW_CREDENTIALS: false }, appOrigin],
      [trusting, 'null'],
      [trusting, 'https://one.apps.test.evil.test'],
    ] as const) {
      for (const { path, send } of await requests(vars)) {
        expect([path, (await send({ origin })).status]).toEqual([path, 403])
      }
    }
  })
})

test('a login from another site’s page is refused before its password is compared, and no rate limit counts it', async () => {
  const never = { limit: () => Promise.reject(new Error('the limit was read')) }
  const { api, email } = await loggedIn(on)
  const headers = { origin: 'https://evil.test' }
  for (const credentials of [{ email, password }, { email, password: 'wrong' }, {}]) {
    const { status, body } = await api.post('/auth/jwt/create/', credentials, { headers })
    expect([status, body.detail]).toEqual([403, expect.stringMatching(/^CSRF Failed: Origin/)])
  }
  const limited = client({ ...on, RATE_LIMITER: never, DB: env.DB })
  expect((await limited.post('/auth/jwt/create/', {}, { headers })).status).toBe(403)
})

test('a page that authenticates by header may belong to any site', async () => {
  const { api, access } = await loggedIn(on)
  for (const headers of otherSites) {
    const call = { token: access, headers: { ...headers, cookie: '__Host-access=garbage' } }
    expect((await api.get('/auth/users/me/', call)).status).toBe(200)
    expect((await api.get('/auth/users/me/', { headers })).status).toBe(401)
  }
})
