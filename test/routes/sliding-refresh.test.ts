// How sliding tokens are refreshed and revoked.

import { env } from 'cloudflare:workers'
import { decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, pass } from '../support/clock.ts'
import { cron } from '../support/cron.ts'
import { changeUser, password } from '../support/people.ts'
import { bothClasses, countRows, sliding, wrongType } from '../support/sliding.ts'

const key = new TextEncoder().encode(
  String((env as unknown as Record<string, unknown>).SIGNING_KEY),
)
const start = new Date('2030-06-01T12:00:00Z')
const blacklisted = { detail: 'Token is blacklisted', code: 'token_not_valid' }

clockAt(start)

const signed = (claims: JWTPayload) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(key)

describe('POST /api/token/sliding/refresh/', () => {
  test('answers the same token with a new expiry, until the old one expires', async () => {
    const { api, token } = await sliding()

    pass({ minutes: 4 })
    const { status, body } = await api.post('/api/token/sliding/refresh/', { token })

    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['token'])
    const [before, after] = [decodeJwt(token), decodeJwt(body.token)]
    const now = start.getTime() / 1000 + 240
    expect(after).toEqual({ ...before, iat: now, exp: now + 300 })
    expect(Object.keys(after)).toEqual(Object.keys(before))
    expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(200)
    pass({ minutes: 2 })
    const late = await api.post('/api/token/sliding/refresh/', { token })
    expect([late.status, late.body.code]).toEqual([401, 'token_not_valid'])
  })

  test('is refused after the refresh lifetime', async () => {
    const { api, token } = await sliding({ ...bothClasses, SLIDING_TOKEN_LIFETIME: '2d' })
    pass({ hours: 24 })
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
    await changeUser(disabled.id, "status = 'disabled'")
    await deleteUser(gone.id)
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
    await changeUser(id, 'token_version = 0')
    expect((await api.get('/auth/users/me/', { token: djangoToken })).status).toBe(200)
    const next = await api.post('/api/token/sliding/refresh/', { token: djangoToken })
    expect(next.status).toBe(200)
    expect((await api.get('/auth/users/me/', { token: next.body.token })).status).toBe(200)
  })
})

test.each([true, false])(
  'a refresh that is rejected for a changed password revokes the token (CHECK_REVOKE_TOKEN %s)',
  async (CHECK_REVOKE_TOKEN) => {
    const vars = { ...bothClasses, BLACKLIST_AFTER_ROTATION: true, CHECK_REVOKE_TOKEN }
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
    expect(await countRows('revoked_tokens', id)).toBe(1)
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
    const vars = { ...bothClasses, BLACKLIST_AFTER_ROTATION: true }
    const { api, id, token } = await sliding(vars)
    pass({ minutes: 1 })
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
    expect(await countRows('revoked_tokens', id)).toBe(1)
    await cron(new Date('2030-06-03T03:00:00Z'))
    expect(await countRows('revoked_tokens', id)).toBe(0)
  })

  test('accepts none if AUTH_TOKEN_CLASSES lists none', async () => {
    const { id, token } = await sliding()
    const { status, body } = await client().post('/api/token/blacklist/', { refresh: token })
    expect([status, body.detail]).toEqual([401, wrongType])
    expect(await countRows('revoked_tokens', id)).toBe(0)
  })

  test('deletes the rows of a deleted user', async () => {
    const { api, id, token } = await sliding()
    await api.post('/api/token/blacklist/', { refresh: token })
    await deleteUser(id)
    expect(await countRows('revoked_tokens', id)).toBe(0)
    expect((await api.post('/api/token/blacklist/', { refresh: token })).body).toEqual(blacklisted)
  })
})

const deleteUser = (id: number) => env.DB.prepare('delete from users where id = ?').bind(id).run()
