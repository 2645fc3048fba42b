// AUTH_COOKIES: the tokens in two cookies of a browser, as well as in the body. clearing.test.ts tests what clears the
// cookies. csrf.test.ts tests which pages may not send them.

import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { bothCookies, cookiesSetBy, onlyAccess, varyOf } from '../../support/cookies.ts'
import { loggedIn, logIn, newEmail, password, person } from '../../support/people.ts'

const on = { AUTH_COOKIES: true }
const production = {
  ENVIRONMENT: 'production',
  RESEND_API_KEY: 're_key',
  ARGON2_MEMORY_COST: '19456',
  ARGON2_TIME_COST: '2',
}

/** The expected Set-Cookie for a token. @param seconds from the token's `iat` until the cookie expires */
function cookie(name: string, token: string, seconds: number, rest = 'Secure; SameSite=Lax') {
  const expires = new Date(((decodeJwt(token).iat ?? 0) + seconds) * 1000).toUTCString()
  return `${name}=${token}; Max-Age=${seconds}; Path=/; Expires=${expires}; HttpOnly; ${rest}`
}

const logInWithCookies = (vars: Record<string, unknown> = on) => loggedIn(vars)

describe('a login', () => {
  test('in production sets both cookies for this host alone, and no script can read them', async () => {
    const { email } = await person()
    const credentials = { email, password }
    const answer = await client({ ...on, ...production }).post('/auth/jwt/create/', credentials)
    const { access, refresh } = answer.body
    expect(answer.status).toBe(200)
    expect(cookiesSetBy(answer)).toEqual([
      cookie('__Host-access', access, 300),
      cookie('__Host-refresh', refresh, 86_400),
    ])
  })

  test('in development with an http PUBLIC_URL sets them without __Host- and Secure', async () => {
    const http = { ...on, PUBLIC_URL: 'http://localhost:8787' }
    const { api, email } = await person(http)
    const answer = await api.post('/api/token/', { email, password })
    const { access, refresh } = answer.body
    expect(cookiesSetBy(answer)).toEqual([
      cookie('access', access, 300, 'SameSite=Lax'),
      cookie('refresh', refresh, 86_400, 'SameSite=Lax'),
    ])
    const headers = { cookie: `access=${access}` }
    expect((await api.get('/auth/users/me/', { headers })).status).toBe(200)
    expect((await api.get('/auth/users/me/', onlyAccess(access))).status).toBe(401)
  })

  test('sets SameSite as AUTH_COOKIE_SAMESITE says, and so does a logout', async () => {
    for (const sameSite of ['Strict', 'None']) {
      const { api, email } = await person({ ...on, AUTH_COOKIE_SAMESITE: sameSite })
      const answer = await logIn(api, { email })
      const { access, refresh } = answer.body
      const loggedOut = await api.post('/auth/jwt/logout/', undefined, bothCookies(access, refresh))
      for (const each of [...cookiesSetBy(answer), ...cookiesSetBy(loggedOut)]) {
        expect(each).toMatch(new RegExp(`; SameSite=${sameSite}$`))
      }
    }
  })

  test('sets cookies that last as long as their tokens, at most as long as browsers allow', async () => {
    for (const [vars, maxAge] of [
      [{ REFRESH_TOKEN_LIFETIME: '520w' }, 34_560_000],
      [{ SESSION_MAX_LIFETIME: '1h' }, 3600],
    ] as const) {
      const { api, email } = await person({ ...on, ...vars })
      const [, refresh = ''] = cookiesSetBy(await logIn(api, { email }))
      const seconds = Number(/Max-Age=(\d+)/.exec(refresh)?.[1])
      expect(seconds).toBe(maxAge)
    }
  })

  test('that fails sets and clears no cookie', async () => {
    const { api, email, access, refresh } = await logInWithCookies()
    const wrong = { email, password: 'wrong' }
    const answer = await api.post('/auth/jwt/create/', wrong, bothCookies(access, refresh))
    expect([answer.status, cookiesSetBy(answer)]).toEqual([401, []])
  })

  test('at /register/ sets them too, but not for an authtoken key', async () => {
    const names = { first_name: 'Ada', last_name: 'Lovelace' }
    const register = { ...on, REGISTER: true, SEND_ACTIVATION_EMAIL: false }
    for (const [vars, cookies] of [
      [register, 2],
      [{ ...register, SEND_ACTIVATION_EMAIL: true }, 0],
      [{ ...register, REGISTER_TOKENS: 'authtoken' }, 0],
    ] as const) {
      const answer = await client(vars).post('/register/', {
        email: newEmail(),
        password,
        ...names,
      })
      expect([answer.body.status, cookiesSetBy(answer).length]).toEqual([200, cookies])
    }
  })
})

describe('a protected route', () => {
  test('accepts the cookie, with and without a round trip, and answers Vary: Cookie', async () => {
    const { api, email, access } = await logInWithCookies()
    const me = await api.get('/auth/users/me/', onlyAccess(access))
    expect([me.status, me.body.email, cookiesSetBy(me)]).toEqual([200, email, []])
    expect(varyOf(me)).toContain('Cookie')
    const changed = await api.patch('/auth/users/me/', { first_name: 'Eve' }, onlyAccess(access))
    expect([changed.status, changed.body.first_name]).toEqual([200, 'Eve'])
    expect((await api.get('/api/protected-endpoint/', onlyAccess(access))).status).toBe(200)
    const [session] = (await api.get('/auth/sessions/', onlyAccess(access))).body
    expect(session.current).toBe(true)
  })

  test('prefers a header to the cookie, an invalid one too', async () => {
    const { api, id, access } = await logInWithCookies()
    const other = await logInWithCookies()
    const { headers } = onlyAccess(other.access)
    const me = await api.get('/auth/users/me/', { token: access, headers })
    expect([me.status, me.body.id]).toEqual([200, id])
    expect(varyOf(me)).not.toContain('Cookie')
    for (const authorization of ['Bearer garbage', 'Bearer', 'Token garbage', 'Basic YTpi']) {
      const call = { headers: { ...headers, authorization } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(401)
      expect((await api.get('/api/protected-endpoint/', call)).status).toBe(401)
    }
  })

  test('prefers the header that AUTH_HEADER_NAME names, and Authorization, to the cookie', async () => {
    const renamed = { ...on, AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN' }
    const { api, access } = await logInWithCookies(renamed)
    const { headers } = onlyAccess(access)
    expect((await api.get('/auth/users/me/', { headers })).status).toBe(200)
    for (const name of ['x-access-token', 'authorization']) {
      const call = { headers: { ...headers, [name]: 'Bearer garbage' } }
      expect((await api.get('/auth/users/me/', call)).status).toBe(401)
    }
  })

  test('refuses a token in a cookie as it refuses it in a header', async () => {
    const { api, access, refresh } = await logInWithCookies({ ...on, CHECK_SESSION: true })
    for (const token of ['garbage', refresh]) {
      const [byCookie, byHeader] = [
        await api.get('/auth/users/me/', onlyAccess(token)),
        await api.get('/auth/users/me/', { token }),
      ]
      expect([byCookie.status, byCookie.body]).toEqual([401, byHeader.body])
    }
    await api.post('/auth/jwt/logout/', { refresh })
    const ended = await api.get('/auth/users/me/', onlyAccess(access))
    expect([ended.status, ended.body.code]).toEqual([401, 'token_not_valid'])
  })

  test('reads the first of two cookies with one name', async () => {
    const { api, access } = await logInWithCookies()
    for (const [cookies, status] of [
      [`__Host-access=${access}; __Host-access=garbage`, 200],
      [`__Host-access=garbage; __Host-access=${access}`, 401],
    ] as const) {
      expect((await api.get('/auth/users/me/', { headers: { cookie: cookies } })).status).toBe(
        status,
      )
    }
  })
})

test('a public route ignores the cookie, so that a user with a bad one can still reset the password', async () => {
  const { api, email } = await logInWithCookies()
  const call = onlyAccess('garbage')
  const { status } = await api.post('/auth/users/reset_password/', { email }, call)
  expect(status).toBe(204)
})

describe('a client without cookies', () => {
  /** Sends a fixed series of requests. Returns the answers without their random parts. */
  async function answersOf(vars: Record<string, unknown>) {
    const api = client(vars)
    const { email } = await person()
    const seen: unknown[] = []
    const shape = (value: unknown) =>
      JSON.stringify(value)
        .replaceAll(email, '…')
        .replace(/\d+/g, '0')
        .replace(/eyJ[\w.-]+/g, 'JWT')
    async function ask(method: string, path: string, json?: unknown, token?: string) {
      const answer = await api.send(method, path, { json, ...(token && { token }) })
      const headers = Object.fromEntries(
        [...answer.headers].filter(([name]) => name !== 'set-cookie'),
      )
      seen.push(shape([method, path, answer.status, answer.body, headers]))
      return answer.body
    }
    const { access, refresh } = await ask('POST', '/auth/jwt/create/', { email, password })
    await ask('GET', '/auth/users/me/', undefined, access)
    await ask('POST', '/auth/jwt/refresh/', { refresh })
    await ask('POST', '/auth/jwt/refresh/', { refresh: 'garbage' })
    await ask('POST', '/auth/jwt/refresh/', {})
    await ask('POST', '/auth/jwt/verify/', { token: access })
    await ask('GET', '/auth/users/me/', undefined, 'garbage')
    await ask('POST', '/auth/jwt/logout/', { refresh })
    await ask('POST', '/api/token/blacklist/', { refresh })
    await ask('DELETE', '/auth/users/me/', { current_password: password }, access)
    return seen
  }

  test('gets the same answers with AUTH_COOKIES on and off', async () => {
    expect(await answersOf({ ...on, CHECK_SESSION: false })).toEqual(
      await answersOf({ CHECK_SESSION: false }),
    )
  })

  test('gets Set-Cookie only from login and refresh', async () => {
    const { api, access, refresh } = await logInWithCookies()
    for (const answer of [
      await api.get('/auth/users/me/', { token: access }),
      await api.post('/auth/jwt/verify/', { token: access }),
      await api.post('/auth/jwt/logout/', { refresh }),
      await api.post('/auth/jwt/refresh/', { refresh }),
    ]) {
      expect(cookiesSetBy(answer)).toEqual([])
    }
  })
})

test('with AUTH_COOKIES off no cookie is set or read, and a page of any site may send requests', async () => {
  const { api, email, access, refresh } = await loggedIn()
  const fromOtherSite = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
  const call = { headers: { ...bothCookies(access, refresh).headers, ...fromOtherSite } }
  const create = await logIn(api, { email }, call)
  expect([create.status, cookiesSetBy(create)]).toEqual([200, []])
  for (const [method, path, status] of [
    ['GET', '/auth/users/me/', 401],
    ['GET', '/api/protected-endpoint/', 401],
    ['POST', '/auth/jwt/refresh/', 400],
    ['POST', '/api/token/blacklist/', 400],
    ['POST', '/auth/jwt/logout/', 401],
  ] as const) {
    const answer = await api.send(method, path, call)
    expect([path, answer.status, cookiesSetBy(answer), varyOf(answer)?.includes('Cookie')]).toEqual(
      [path, status, [], false],
    )
  }
})
