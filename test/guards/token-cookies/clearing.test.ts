// AUTH_COOKIES: the requests that replace the tokens of a browser, and those that clear them.

import { describe, expect, test } from 'vitest'
import {
  bothCookies,
  cookiesSetBy,
  onlyAccess,
  onlyRefresh,
  varyOf,
} from '../../support/cookies.ts'
import { loggedIn, logIn, password } from '../../support/people.ts'

const on = { AUTH_COOKIES: true }
const singleUse = { ...on, ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
const logInWithCookies = (vars: Record<string, unknown> = on) => loggedIn(vars)

const cleared =
  'Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax'
const bothCleared = [`__Host-access=; ${cleared}`, `__Host-refresh=; ${cleared}`]

describe('a refresh', () => {
  test('reads the cookie if the body has no token, and sets the new access token', async () => {
    const { api, access, refresh } = await logInWithCookies()
    for (const body of [undefined, {}]) {
      const answer = await api.post('/auth/jwt/refresh/', body, bothCookies(access, refresh))
      expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['access']])
      expect(cookiesSetBy(answer)).toEqual([
        expect.stringContaining(`__Host-access=${answer.body.access};`),
      ])
      expect(varyOf(answer)).toContain('Cookie')
    }
  })

  test('prefers the token in the body, and answers its errors', async () => {
    const { api, refresh } = await logInWithCookies()
    for (const [body, status] of [
      [{ refresh: 'garbage' }, 401],
      [{ refresh: '' }, 400],
      [{ refresh: null }, 400],
    ] as const) {
      expect((await api.post('/api/token/refresh/', body, onlyRefresh(refresh))).status).toBe(
        status,
      )
    }
    const good = await api.post('/api/token/refresh/', { refresh }, onlyRefresh('garbage'))
    expect(good.status).toBe(200)
  })

  test('requires a token in the body or in the cookie', async () => {
    const { api, access } = await logInWithCookies()
    for (const call of [{}, onlyAccess(access), onlyRefresh('')]) {
      const answer = await api.post('/auth/jwt/refresh/', {}, call)
      expect([answer.status, answer.body]).toEqual([400, { refresh: ['This field is required.'] }])
    }
  })

  test('with rotation sets both cookies, and gives two tabs the same tokens', async () => {
    const { api, refresh } = await logInWithCookies(singleUse)
    const [one, other] = await Promise.all(
      ['one', 'other'].map(() => api.post('/auth/jwt/refresh/', {}, onlyRefresh(refresh))),
    )
    expect([one?.status, other?.status]).toEqual([200, 200])
    expect(one?.body.refresh).not.toBe(refresh)
    const valuesIn = (answer: typeof one) =>
      answer && cookiesSetBy(answer).map((each) => each.split(';', 1)[0])
    expect(valuesIn(one)).toEqual([
      `__Host-access=${one?.body.access}`,
      `__Host-refresh=${one?.body.refresh}`,
    ])
    expect(valuesIn(other)).toEqual(valuesIn(one))
  })

  test('that is refused clears the cookies that the request sent', async () => {
    const { api, access, refresh } = await logInWithCookies({
      ...singleUse,
      REFRESH_TOKEN_REUSE_INTERVAL: 0,
    })
    await api.post('/auth/jwt/refresh/', { refresh })
    const reused = await api.post('/auth/jwt/refresh/', {}, bothCookies(access, refresh))
    expect([reused.status, reused.body.detail]).toEqual([401, 'Token is blacklisted'])
    expect(cookiesSetBy(reused)).toEqual(bothCleared)
    const again = await api.post('/auth/jwt/refresh/', {}, onlyRefresh(refresh))
    expect([again.status, cookiesSetBy(again)]).toEqual([401, bothCleared.slice(1)])
  })
})

describe('a logout', () => {
  test('without body and header revokes the session of the refresh cookie, and clears both cookies', async () => {
    const { api, access, refresh } = await logInWithCookies()
    const answer = await api.post('/auth/jwt/logout/', undefined, bothCookies(access, refresh))
    expect([answer.status, cookiesSetBy(answer)]).toEqual([204, bothCleared])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
  })

  test('revokes the session of the access cookie if there is no refresh cookie', async () => {
    const { api, access, refresh } = await logInWithCookies()
    const answer = await api.post('/auth/jwt/logout/', undefined, onlyAccess(access))
    expect([answer.status, cookiesSetBy(answer)]).toEqual([204, bothCleared.slice(0, 1)])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
  })

  test('prefers the token in body or header, and still clears the cookies', async () => {
    const { api, access, refresh, email } = await logInWithCookies()
    const other = await logIn(api, { email })
    const cookies = bothCookies(other.body.access, other.body.refresh)
    const answer = await api.post('/auth/jwt/logout/', {}, { token: access, ...cookies })
    expect([answer.status, cookiesSetBy(answer)]).toEqual([204, bothCleared])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    const { body } = await api.post('/auth/jwt/refresh/', {}, cookies)
    expect(body.access).toBeDefined()
  })

  test('by Simple JWT’s blacklist view also clears both cookies', async () => {
    const { api, access, refresh } = await logInWithCookies()
    const call = bothCookies(access, refresh)
    const answer = await api.post('/api/token/blacklist/', {}, call)
    expect([answer.status, answer.body, cookiesSetBy(answer)]).toEqual([200, {}, bothCleared])
    const again = await api.post('/api/token/blacklist/', {}, call)
    expect([again.status, cookiesSetBy(again)]).toEqual([401, bothCleared])
  })

  test('clears invalid cookies too', async () => {
    const { api } = await logInWithCookies()
    const answer = await api.post('/auth/jwt/logout/', {}, bothCookies('garbage', 'garbage'))
    expect([answer.status, cookiesSetBy(answer)]).toEqual([401, bothCleared])
  })
})

test('deleting an account clears the cookies if the cookie authenticated the user, and not if a header did', async () => {
  const current = { current_password: password }
  const { api, access, refresh } = await logInWithCookies()
  const cookies = bothCookies(access, refresh)
  const byCookie = await api.delete('/auth/users/me/', current, cookies)
  expect([byCookie.status, cookiesSetBy(byCookie)]).toEqual([204, bothCleared])
  const other = await logInWithCookies()
  const call = { token: other.access, ...cookies }
  const byHeader = await other.api.delete('/auth/users/me/', current, call)
  expect([byHeader.status, cookiesSetBy(byHeader)]).toEqual([204, []])
})
