// Simple JWT's settings of claims, headers and users, over HTTP.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'

const key = new TextEncoder().encode(
  String((env as unknown as Record<string, unknown>).SIGNING_KEY),
)
const signed = (claims: object) =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key)

afterEach(() => vi.restoreAllMocks())

describe('AUTH_HEADER_NAME', () => {
  test('names the header of tokens, in Django’s form', async () => {
    const { api, access } = await loggedIn({ AUTH_HEADER_NAME: 'HTTP_X_ACCESS_TOKEN' })

    const there = await api.get('/auth/users/me/', {
      headers: { 'x-access-token': `Bearer ${access}` },
    })
    const elsewhere = await api.get('/auth/users/me/', { token: access })

    expect(there.status).toBe(200)
    expect(elsewhere.status).toBe(401)
    expect(elsewhere.body.detail).toBe('Authentication credentials were not provided.')
  })
})

describe('TOKEN_TYPE_CLAIM, JTI_CLAIM, REVOKE_TOKEN_CLAIM', () => {
  const renamed = {
    TOKEN_TYPE_CLAIM: 'kind',
    JTI_CLAIM: 'number',
    REVOKE_TOKEN_CLAIM: 'mark',
    CHECK_REVOKE_TOKEN: true,
  }

  test('rename the claims, in their order', async () => {
    const { api, access, refresh } = await loggedIn(renamed)

    const names = ['kind', 'exp', 'iat', 'number', 'user_id', 'mark', 'sid']
    expect(Object.keys(decodeJwt(access))).toEqual(names)
    expect(Object.keys(decodeJwt(refresh))).toEqual([...names, 'counter'])
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
  })

  test('are required under their new names', async () => {
    const { api, refresh } = await loggedIn(renamed)
    const { kind, number, ...others } = decodeJwt(refresh)

    const errorFor = async (claims: object) =>
      (await api.post('/auth/jwt/refresh/', { refresh: await signed(claims) })).body.detail
    expect(await errorFor({ ...others, number, token_type: 'refresh' })).toBe('Token has no type')
    expect(await errorFor({ ...others, number, kind: 'access' })).toBe('Token has wrong type')
    expect(await errorFor({ ...others, kind, jti: number })).toBe('Token has no id')
  })

  test('without JTI_CLAIM tokens have no id, and none is required', async () => {
    const { api, access, refresh } = await loggedIn({ JTI_CLAIM: 'None' })

    expect(decodeJwt(access)).not.toHaveProperty('jti')
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
    expect((await client().post('/auth/jwt/refresh/', { refresh })).body.detail).toBe(
      'Token has no id',
    )
  })

  test.each([
    [{ TOKEN_TYPE_CLAIM: 'user_id' }, 'TOKEN_TYPE_CLAIM is "user_id"'],
    [{ JTI_CLAIM: 'exp' }, 'JTI_CLAIM is "exp"'],
    [{ REVOKE_TOKEN_CLAIM: 'sid' }, 'REVOKE_TOKEN_CLAIM is "sid"'],
    [{ AUTH_HEADER_NAME: 'X-Access-Token' }, 'AUTH_HEADER_NAME is "X-Access-Token"'],
    [{ USER_ID_FIELD: 'password' }, 'USER_ID_FIELD is "password"; it must be one of id, email'],
  ])('%o is a settings error that names the setting', async (vars, message) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const { status, body } = await client(vars).get('/healthz')
    expect([status, body.detail]).toEqual([500, expect.stringContaining(message)])
  })
})

describe('USER_ID_FIELD', () => {
  const rotation = { ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true }

  test.each(['5.2', '5.5'])('email names users by address (%s)', async (wire) => {
    const vars = { USER_ID_FIELD: 'email', SIMPLE_JWT_VERSION: wire, ...rotation }
    const { api, email, access, refresh } = await loggedIn(vars)

    const next = await api.post('/auth/jwt/refresh/', { refresh })

    expect(decodeJwt(access).user_id).toBe(email)
    expect(decodeJwt(next.body.access).user_id).toBe(email)
    const me = await api.get('/auth/users/me/', { token: next.body.access })
    expect([me.status, me.body.email]).toEqual([200, email])
  })

  test('an unknown address names no user', async () => {
    const { api, access, refresh } = await loggedIn({ USER_ID_FIELD: 'email' })
    const claims = { ...decodeJwt(access), user_id: newEmail() }
    const { body } = await api.get('/auth/users/me/', { token: await signed(claims) })
    expect(body).toEqual({ detail: 'User not found', code: 'user_not_found' })
    await api.delete('/auth/users/me/', { current_password: password }, { token: access })
    const next = await api.post('/auth/jwt/refresh/', { refresh })
    expect(next.body).toEqual({ detail: 'No active account found for the given token.' })
  })

  test('username names users by username, if it is the login field', async () => {
    const api = client({ USER_ID_FIELD: 'username', LOGIN_FIELD: 'username' })
    const username = newEmail().split('@')[0]
    await api.post('/auth/users/', { username, password })
    const { body } = await logIn(api, { username })

    expect(decodeJwt(body.access).user_id).toBe(username)
    expect((await api.get('/auth/users/me/', { token: body.access })).body.username).toBe(username)
    expect((await api.get('/auth/users/', { token: body.access })).body).toHaveLength(1)
  })
})

describe('CHECK_USER_IS_ACTIVE', () => {
  test.each([
    [true, [401, 401, 401]],
    [false, [200, 200, 401]],
  ])(
    'set to %s decides whether a disabled user can call, refresh and log in',
    async (checks, expected) => {
      const vars = { CHECK_USER_IS_ACTIVE: checks }
      const { api, id, email, access, refresh } = await loggedIn(vars)
      await env.DB.prepare(`update users set status = 'disabled' where id = ?`).bind(id).run()

      const answers = [
        await api.get('/auth/users/me/', { token: access }),
        await api.post('/auth/jwt/refresh/', { refresh }),
        await logIn(api, { email }),
      ]

      expect(answers.map(({ status }) => status)).toEqual(expected)
    },
  )
})

describe('claims', () => {
  test('Simple JWT 5.2 writes the user as an integer, 5.5 as a string', async () => {
    const old = await loggedIn()
    const recent = await loggedIn({ SIMPLE_JWT_VERSION: '5.5' })

    expect(decodeJwt(old.access).user_id).toBe(old.id)
    expect(decodeJwt(recent.access).user_id).toBe(String(recent.id))
  })

  test.each(['5.2', '5.5'])('sub is a string, and read as either (%s)', async (wire) => {
    const vars = { USER_ID_CLAIM: 'sub', SIMPLE_JWT_VERSION: wire }
    const { api, id, access, refresh } = await loggedIn(vars)
    const next = await api.post('/auth/jwt/refresh/', { refresh })

    for (const token of [access, refresh, next.body.access]) {
      expect(decodeJwt(token).sub).toBe(String(id))
    }
    const asNumber = await signed({ ...decodeJwt(access), sub: id as unknown as string })
    for (const token of [access, asNumber]) {
      expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
    }
  })

  test('audience, issuer and the name of the user claim are as set', async () => {
    const vars = { AUDIENCE: 'shop', ISSUER: 'https://auth.test', USER_ID_CLAIM: 'uid' }
    const { access, api, id } = await loggedIn(vars)

    expect(decodeJwt(access)).toMatchObject({ aud: 'shop', iss: 'https://auth.test', uid: id })
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    const elsewhere = client({ AUDIENCE: 'bank' })
    expect((await elsewhere.get('/auth/users/me/', { token: access })).status).toBe(401)
  })

  test('CHECK_REVOKE_TOKEN refuses tokens that were issued before the password changed', async () => {
    const vars = { CHECK_REVOKE_TOKEN: true, LOGOUT_ON_PASSWORD_CHANGE: false }
    const { api, access, refresh } = await loggedIn(vars)
    const change = { current_password: password, new_password: 'a flock of herons' }
    await api.post('/auth/users/set_password/', change, { token: access })

    const me = await api.get('/auth/users/me/', { token: access })
    const refreshed = await api.post('/auth/jwt/refresh/', { refresh })

    const detail = "The user's password has been changed."
    expect([me.status, me.body]).toEqual([401, { detail, code: 'password_changed' }])
    expect([refreshed.status, refreshed.body]).toEqual([401, { detail }])
  })
  test('a session that CHECK_REVOKE_TOKEN refuses to refresh is revoked, and not recorded as reuse', async () => {
    const { api, id, access, refresh } = await loggedIn({
      ...{ CHECK_REVOKE_TOKEN: true, LOGOUT_ON_PASSWORD_CHANGE: false },
      ...{
        ROTATE_REFRESH_TOKENS: true,
        BLACKLIST_AFTER_ROTATION: true,
        REFRESH_TOKEN_REUSE_INTERVAL: 0,
      },
    })
    const change = { current_password: password, new_password: 'a flock of herons' }
    await api.post('/auth/users/set_password/', change, { token: access })

    const first = await api.post('/auth/jwt/refresh/', { refresh })
    const second = await api.post('/auth/jwt/refresh/', { refresh })

    expect(first.body.detail).toBe("The user's password has been changed.")
    expect(second.body.detail).toBe('Token is blacklisted')
    const query = `select revoke_reason, (select count(*) from security_events
      where user_id = ?1 and type = 'refresh_reused') as thefts from sessions where user_id = ?1`
    const row = await env.DB.prepare(query).bind(id).first()
    expect(row).toEqual({ revoke_reason: 'password_changed', thefts: 0 })
  })
})
