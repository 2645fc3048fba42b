// Sliding tokens: where they are accepted, how long they can be refreshed, and what revokes them.

import { env } from 'cloudflare:workers'
import { decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { logIn, newEmail, password, person } from '../support/people.ts'

const both = { AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
const key = new TextEncoder().encode(
  String((env as unknown as Record<string, unknown>).SIGNING_KEY),
)
const start = new Date('2030-06-01T12:00:00Z')
const [minute, hour] = [60_000, 3_600_000]
const blacklisted = { detail: 'Token is blacklisted', code: 'token_not_valid' }
const wrongType = 'Token has wrong type'

clockAt(start)

async function sliding(vars: Record<string, unknown> = both) {
  const someone = await person(vars)
  const { email, api } = someone
  const { body } = await api.post('/api/token/sliding/', { email, password })
  return { ...someone, token: String(body.token) }
}

const signed = (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key)

describe('POST /api/token/sliding/', () => {
  test('answers one token, in Simple JWT’s form, and starts no session', async () => {
    const { id, token } = await sliding()

    const claims = decodeJwt(token)
    const now = start.getTime() / 1000
    expect(claims).toEqual({
      token_type: 'sliding',
      exp: now + 300,
      iat: now,
      refresh_exp: now + 86_400,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
      user_id: id,
      hash_password: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    const names = ['token_type', 'exp', 'iat', 'jti', 'refresh_exp', 'user_id', 'hash_password']
    expect(Object.keys(claims)).toEqual(names)
    expect(await count('sessions', id)).toBe(0)
  })

  test('has lifetimes and a claim name that the settings decide', async () => {
    const { token } = await sliding({
      SLIDING_TOKEN_LIFETIME: '10m',
      SLIDING_TOKEN_REFRESH_LIFETIME: '2d',
      SLIDING_TOKEN_REFRESH_EXP_CLAIM: 'until',
    })
    const { iat, exp, until } = decodeJwt<{ until: number }>(token)
    expect([Number(exp) - Number(iat), until - Number(iat)]).toEqual([600, 172_800])
  })

  test('answers a wrong password, an unknown user and a disabled one the same', async () => {
    const { api, email, id } = await sliding()
    const wrong = await api.post('/api/token/sliding/', { email, password: 'wrong' })
    const unknown = await api.post('/api/token/sliding/', { email: newEmail(), password })
    await write(`update users set status = 'disabled' where id = ?`, id)
    const disabled = await api.post('/api/token/sliding/', { email, password })

    for (const { status, body } of [wrong, unknown, disabled]) {
      expect(status).toBe(401)
      expect(body).toEqual({ detail: 'No active account found with the given credentials' })
    }
  })

  test('sets `last_login` and replaces an outdated hash like a login', async () => {
    const { email, id } = await sliding()
    const api = client({ UPDATE_LAST_LOGIN: true, ARGON2_MEMORY_COST: 128 })
    expect((await api.post('/api/token/sliding/', { email, password })).status).toBe(200)
    const user = await env.DB.prepare('select * from users where id = ?').bind(id).first()
    expect(user).toMatchObject({ last_login: start.getTime() })
    expect(user?.password).toContain('m=128')
  })
})

describe('a protected route', () => {
  test('accepts the classes of AUTH_TOKEN_CLASSES, with an error message for each class', async () => {
    const { api, email, token } = await sliding()
    const { body } = await logIn(api, { email })
    const only = client({ AUTH_TOKEN_CLASSES: 'rest_framework_simplejwt.tokens.SlidingToken' })

    for (const path of ['/auth/users/me/', '/api/protected-endpoint/']) {
      expect((await api.get(path, { token })).status).toBe(200)
      expect((await api.get(path, { token: body.access })).status).toBe(200)
      expect((await client().get(path, { token })).body.messages).toEqual([
        { token_class: 'AccessToken', token_type: 'access', message: wrongType },
      ])
      expect((await only.get(path, { token: body.access })).body.messages).toEqual([
        { token_class: 'SlidingToken', token_type: 'sliding', message: wrongType },
      ])
      const refused = await api.get(path, { token: body.refresh })
      expect(refused.status).toBe(401)
      expect(refused.body.messages).toEqual([
        { token_class: 'AccessToken', token_type: 'access', message: wrongType },
        { token_class: 'SlidingToken', token_type: 'sliding', message: wrongType },
      ])
    }
  })

  test('rejects a revoked token, with the message of its class', async () => {
    const { api, token } = await sliding()
    await api.post('/api/token/blacklist/', { refresh: token })
    const { status, body } = await api.get('/auth/users/me/', { token })
    expect([status, body.messages]).toEqual([
      401,
      [
        { token_class: 'AccessToken', token_type: 'access', message: wrongType },
        { token_class: 'SlidingToken', token_type: 'sliding', message: 'Token is blacklisted' },
      ],
    ])
  })

  test('rejects the token after a new password, whatever CHECK_REVOKE_TOKEN is', async () => {
    const { api, token } = await sliding()
    const change = { current_password: password, new_password: 'a flock of herons' }
    expect((await api.post('/auth/users/set_password/', change, { token })).status).toBe(204)

    const detail = "The user's password has been changed."
    const me = await api.get('/auth/users/me/', { token })
    const next = await api.post('/api/token/sliding/refresh/', { token })
    expect([me.status, me.body]).toEqual([401, { detail, code: 'password_changed' }])
    expect([next.status, next.body]).toEqual([401, { detail }])
  })
})

describe('POST /api/token/sliding/refresh/', () => {
  test('answers the same token with a new expiry, until the old one expires', async () => {
    const { api, token } = await sliding()

    pass(4 * minute)
    const { status, body } = await api.post('/api/token/sliding/refresh/', { token })

    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token'])
    const [before, after] = [decodeJwt(token), decodeJwt(body.token)]
    const now = start.getTime() / 1000 + 240
    expect(after).toEqual({ ...before, iat: now, exp: now + 300 })
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(200)
    pass(2 * minute)
    const late = await api.post('/api/token/sliding/refresh/', { token })
    expect([late.status, late.body.code]).toEqual([401, 'token_not_valid'])
  })

  test('is refused after the refresh lifetime', async () => {
    const { api, token } = await sliding({ ...both, SLIDING_TOKEN_LIFETIME: '2d' })
    pass(24 * hour)
    const { status, body } = await api.post('/api/token/sliding/refresh/', { token })
    const detail = "Token 'refresh_exp' claim has expired"
    expect([status, body]).toEqual([401, { detail, code: 'token_not_valid' }])
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
  })

  test('requires the claim, and a time in it', async () => {
    const { api, token } = await sliding()
    const { refresh_exp, ...others } = decodeJwt(token)
    const errorFor = async (claims: JWTPayload) =>
      (await api.post('/api/token/sliding/refresh/', { token: await signed(claims) })).body.detail
    expect(await errorFor(others)).toBe("Token has no 'refresh_exp' claim")
    for (const unusual of ['soon', null, [refresh_exp], {}, true]) {
      expect(await errorFor({ ...others, refresh_exp: unusual })).toBe(
        'Token is invalid or expired',
      )
    }
    expect(await errorFor({ ...others, token_type: 'access' })).toBe(wrongType)
  })

  test('rejects a disabled user and a deleted one', async () => {
    const [disabled, gone] = [await sliding(), await sliding()]
    await write(`update users set status = 'disabled' where id = ?`, disabled.id)
    await write('delete from users where id = ?', gone.id)
    for (const { api, token } of [disabled, gone]) {
      const { status, body } = await api.post('/api/token/sliding/refresh/', { token })
      expect(status).toBe(401)
      expect(body).toEqual({ detail: 'No active account found for the given token.' })
    }
  })

  test('a token of another Django works for an imported user, and for no other', async () => {
    const { api, id, token } = await sliding()
    const { hash_password: _, ...claims } = decodeJwt(token)
    const djangoToken = await signed({ ...claims, jti: crypto.randomUUID() })

    expect((await api.get('/auth/users/me/', { token: djangoToken })).status).toBe(401)
    await write('update users set token_version = 0 where id = ?', id)
    expect((await api.get('/auth/users/me/', { token: djangoToken })).status).toBe(200)
    const next = await api.post('/api/token/sliding/refresh/', { token: djangoToken })
    expect(next.status).toBe(200)
    expect((await api.get('/auth/users/me/', { token: next.body.token })).status).toBe(200)
  })
})

test.each([true, false])(
  'a refresh that is rejected for a changed password revokes the token (CHECK_REVOKE_TOKEN %s)',
  async (CHECK_REVOKE_TOKEN) => {
    const vars = { ...both, BLACKLIST_AFTER_ROTATION: true, CHECK_REVOKE_TOKEN }
    const { api, id, token } = await sliding(vars)
    const change = { current_password: password, new_password: 'a flock of herons' }
    await api.post('/auth/users/set_password/', change, { token })

    const refresh = () => api.post('/api/token/sliding/refresh/', { token })
    const [first, again] = [await refresh(), await refresh()]

    const detail = "The user's password has been changed."
    expect([first.status, first.body]).toEqual([401, { detail }])
    expect([again.status, again.body]).toEqual([401, blacklisted])
    for (const path of ['/auth/jwt/verify/', '/api/token/verify/']) {
      const { status, body } = await api.post(path, { token })
      expect([status, body]).toEqual([400, { non_field_errors: ['Token is blacklisted'] }])
    }
    expect(await count('revoked_tokens', id)).toBe(1)
  },
)

describe('POST /api/token/blacklist/', () => {
  test('keeps a token that expires after every Date until the last one', async () => {
    const { api, id, token } = await sliding()
    const late = await signed({ ...decodeJwt(token), exp: 2 ** 52, refresh_exp: 2 ** 52 })
    expect((await api.post('/api/token/blacklist/', { refresh: late })).status).toBe(200)
    const query = 'select expires_at from revoked_tokens where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first('expires_at')).toBe(8.64e15)
  })

  test('revokes a sliding token with its token family, once, until it expires', async () => {
    const vars = { ...both, BLACKLIST_AFTER_ROTATION: true }
    const { api, id, token } = await sliding(vars)
    pass(minute)
    const { body } = await api.post('/api/token/sliding/refresh/', { token })

    const first = await api.post('/api/token/blacklist/', { refresh: token })
    const second = await api.post('/api/token/blacklist/', { refresh: body.token })

    expect([first.status, first.body]).toEqual([200, {}])
    expect([second.status, second.body]).toEqual([401, blacklisted])
    for (const one of [token, body.token]) {
      expect((await api.post('/api/token/sliding/refresh/', { token: one })).body).toEqual(
        blacklisted,
      )
      const verified = await api.post('/auth/jwt/verify/', { token: one })
      expect(verified.status).toBe(400)
      expect(verified.body).toEqual({ non_field_errors: ['Token is blacklisted'] })
    }
    await cron(new Date('2030-06-02T03:00:00Z'))
    expect(await count('revoked_tokens', id)).toBe(1)
    await cron(new Date('2030-06-03T03:00:00Z'))
    expect(await count('revoked_tokens', id)).toBe(0)
  })

  test('accepts none if AUTH_TOKEN_CLASSES lists none', async () => {
    const { id, token } = await sliding()
    const { status, body } = await client().post('/api/token/blacklist/', { refresh: token })
    expect([status, body.detail]).toEqual([401, wrongType])
    expect(await count('revoked_tokens', id)).toBe(0)
  })

  test('deletes the rows of a deleted user', async () => {
    const { api, id, token } = await sliding()
    await api.post('/api/token/blacklist/', { refresh: token })
    await write('delete from users where id = ?', id)
    expect(await count('revoked_tokens', id)).toBe(0)
    expect((await api.post('/api/token/blacklist/', { refresh: token })).body).toEqual(blacklisted)
  })
})

function pass(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds)
}

const write = (sql: string, id: number) => env.DB.prepare(sql).bind(id).run()

async function count(table: 'sessions' | 'revoked_tokens', id: number) {
  const sql = `select count(*) as count from ${table} where user_id = ?`
  return env.DB.prepare(sql).bind(id).first('count')
}
