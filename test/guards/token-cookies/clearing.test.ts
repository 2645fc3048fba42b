// AUTH_COOKIES: what refreshes the pair of a browser, and what takes it away.

import { describe, expect, test } from 'vitest'
import { bringing, onlyAccess, onlyRefresh, setBy, vary } from '../../support/cookies.ts'
import { loggedIn, password } from '../../support/people.ts'

const on = { AUTH_COOKIES: true }
const singleUse = { ...on, ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }
const withCookies = (vars: Record<string, unknown> = on) => loggedIn(vars)

const gone =
  'Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax'
const bothGone = [`__Host-access=; ${gone}`, `__Host-refresh=; ${gone}`]

describe('a refresh', () => {
  test('reads the cookie where the body has no token, and sets the new access token', async () => {
    const { api, access, refresh } = await withCookies()
    for (const body of [undefined, {}]) {
      const answer = await api.post('/auth/jwt/refresh/', body, bringing(access, refresh))
      expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['access']])
      expect(setBy(answer)).toEqual([
        expect.stringContaining(`__Host-access=${answer.body.access};`),
      ])
      expect(vary(answer)).toContain('Cookie')
    }
  })

  test('believes the body before the cookie, and complains of it', async () => {
    const { api, refresh } = await withCookies()
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

  test('with neither complains as ever', async () => {
    const { api, access } = await withCookies()
    for (const call of [{}, onlyAccess(access), onlyRefresh('')]) {
      const answer = await api.post('/auth/jwt/refresh/', {}, call)
      expect([answer.status, answer.body]).toEqual([400, { refresh: ['This field is required.'] }])
    }
  })

  test('that rotates sets both anew, and two tabs agree on them', async () => {
    const { api, refresh } = await withCookies(singleUse)
    const [one, other] = await Promise.all(
      ['one', 'other'].map(() => api.post('/auth/jwt/refresh/', {}, onlyRefresh(refresh))),
    )
    expect([one?.status, other?.status]).toEqual([200, 200])
    expect(one?.body.refresh).not.toBe(refresh)
    const valuesIn = (answer: typeof one) =>
      answer && setBy(answer).map((each) => each.split(';', 1)[0])
    expect(valuesIn(one)).toEqual([
      `__Host-access=${one?.body.access}`,
      `__Host-refresh=${one?.body.refresh}`,
    ])
    expect(valuesIn(other)).toEqual(valuesIn(one))
  })

  test('that is refused takes both cookies away, and only those that were brought', async () => {
    const { api, access, refresh } = await withCookies({
      ...singleUse,
      REFRESH_TOKEN_REUSE_INTERVAL: 0,
    })
    await api.post('/auth/jwt/refresh/', { refresh })
    const reused = await api.post('/auth/jwt/refresh/', {}, bringing(access, refresh))
    expect([reused.status, reused.body.detail]).toEqual([401, 'Token is blacklisted'])
    expect(setBy(reused)).toEqual(bothGone)
    const again = await api.post('/auth/jwt/refresh/', {}, onlyRefresh(refresh))
    expect([again.status, setBy(again)]).toEqual([401, bothGone.slice(1)])
  })
})

describe('a log-out', () => {
  test('without body and header ends the session of the refresh cookie, and takes both away', async () => {
    const { api, access, refresh } = await withCookies()
    const answer = await api.post('/auth/jwt/logout/', undefined, bringing(access, refresh))
    expect([answer.status, setBy(answer)]).toEqual([204, bothGone])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
  })

  test('ends that of the access cookie when it is alone', async () => {
    const { api, access, refresh } = await withCookies()
    const answer = await api.post('/auth/jwt/logout/', undefined, onlyAccess(access))
    expect([answer.status, setBy(answer)]).toEqual([204, bothGone.slice(0, 1)])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
  })

  test('ends what body or header name first, and the cookies go all the same', async () => {
    const { api, access, refresh, email } = await withCookies()
    const other = await api.post('/auth/jwt/create/', { email, password })
    const brought = bringing(other.body.access, other.body.refresh)
    const answer = await api.post('/auth/jwt/logout/', {}, { token: access, ...brought })
    expect([answer.status, setBy(answer)]).toEqual([204, bothGone])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    const { body } = await api.post('/auth/jwt/refresh/', {}, brought)
    expect(body.access).toBeDefined()
  })

  test('by the blacklist of Simple JWT is the same', async () => {
    const { api, access, refresh } = await withCookies()
    const call = bringing(access, refresh)
    const answer = await api.post('/api/token/blacklist/', {}, call)
    expect([answer.status, answer.body, setBy(answer)]).toEqual([200, {}, bothGone])
    const again = await api.post('/api/token/blacklist/', {}, call)
    expect([again.status, setBy(again)]).toEqual([401, bothGone])
  })

  test('takes dead cookies away too', async () => {
    const { api } = await withCookies()
    const answer = await api.post('/auth/jwt/logout/', {}, bringing('garbage', 'garbage'))
    expect([answer.status, setBy(answer)]).toEqual([401, bothGone])
  })
})

test('who deletes himself by cookie loses the cookies; by header, whatever is brought stays', async () => {
  const current = { current_password: password }
  const { api, access, refresh } = await withCookies()
  const brought = bringing(access, refresh)
  const byCookie = await api.delete('/auth/users/me/', current, brought)
  expect([byCookie.status, setBy(byCookie)]).toEqual([204, bothGone])
  const someone = await withCookies()
  const call = { token: someone.access, ...brought }
  const byHeader = await someone.api.delete('/auth/users/me/', current, call)
  expect([byHeader.status, setBy(byHeader)]).toEqual([204, []])
})
