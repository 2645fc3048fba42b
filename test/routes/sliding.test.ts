// Sliding tokens: POST /api/token/sliding/, and where the tokens are accepted. How they are refreshed and revoked:
// sliding-refresh.test.ts.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { changeUser, logIn, newEmail, password } from '../support/people.ts'
import { countRows, sliding, wrongType } from '../support/sliding.ts'

const start = new Date('2030-06-01T12:00:00Z')

clockAt(start)

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
    expect(await countRows('sessions', id)).toBe(0)
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
    await changeUser(id, "status = 'disabled'")
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
