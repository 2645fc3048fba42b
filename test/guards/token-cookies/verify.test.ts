// AUTH_COOKIES: how an app finds out, when it starts, whether its user is logged in.

import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import {
  bothCookies,
  cookiesSetBy,
  onlyAccess,
  onlyRefresh,
  varyOf,
} from '../../support/cookies.ts'
import { loggedIn } from '../../support/people.ts'

const on = { AUTH_COOKIES: true }
const required = { token: ['This field is required.'] }

describe.each(['/auth/jwt/verify/', '/api/token/verify/'])('%s', (path) => {
  test('reads the access cookie if the body has no token', async () => {
    const { api, access, refresh } = await loggedIn(on)
    for (const body of [undefined, {}]) {
      const answer = await api.post(path, body, bothCookies(access, refresh))
      expect([answer.status, answer.body, cookiesSetBy(answer)]).toEqual([200, {}, []])
      expect(varyOf(answer)).toContain('Cookie')
    }
    const bad = await api.post(path, undefined, onlyAccess(`${access}x`))
    expect([bad.status, bad.body.code]).toEqual([401, 'token_not_valid'])
  })

  test('requires a token in the body or in the access cookie', async () => {
    const { api, refresh } = await loggedIn(on)
    for (const call of [{}, onlyRefresh(refresh)]) {
      const { status, body } = await api.post(path, {}, call)
      expect([status, body]).toEqual([400, required])
    }
  })

  test('prefers the token in the body, and answers its errors', async () => {
    const { api, access } = await loggedIn(on)
    const cookie = onlyAccess(access)
    expect((await api.post(path, { token: 'nonsense' }, cookie)).status).toBe(401)
    expect((await api.post(path, { token: '' }, cookie)).body).toEqual({
      token: ['This field may not be blank.'],
    })
    expect((await api.post(path, { token: null }, cookie)).body).toEqual({
      token: ['This field may not be null.'],
    })
    expect((await api.post(path, { token: access }, onlyAccess('nonsense'))).status).toBe(200)
  })

  test('refuses a cookie from another site’s page, but not a token in the body', async () => {
    const { api, access } = await loggedIn(on)
    const evil = { origin: 'https://evil.test', cookie: `__Host-access=${access}` }
    const answer = await api.post(path, undefined, { headers: evil })
    expect(answer.status).toBe(403)
    expect(answer.body.detail).toMatch(/^CSRF Failed: /)
    expect((await api.post(path, { token: access }, { headers: evil })).status).toBe(200)
  })

  test('reads no cookie if AUTH_COOKIES is off', async () => {
    const { access } = await loggedIn(on)
    const { status, body } = await client().post(path, undefined, onlyAccess(access))
    expect([status, body]).toEqual([400, required])
  })
})
