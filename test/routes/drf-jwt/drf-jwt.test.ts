// drf-jwt beside the rest: when it is there, whose a token is, what ends one, and who may send a cookie.
// What the originals answer is in test/conformance/drf-jwt.test.ts.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { cron } from '../../support/cron.ts'
import { loggedIn, newEmail, password, person } from '../../support/people.ts'
import { gated } from '../../support/trips.ts'

const jpadilla = { DRF_JWT: true, JWT_ALLOW_REFRESH: true }
const styria = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
const newPassword = 'a flock of herons'
const paths = ['/api-token-auth/', '/api-token-verify/', '/api-token-refresh/']

/** Someone with a token of drf-jwt's. */
async function holder(vars: Record<string, unknown> = styria) {
  const someone = await person(vars)
  const { body } = await someone.api.post('/api-token-auth/', { email: someone.email, password })
  return { ...someone, token: String(body.token) }
}

const sign = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(env.SIGNING_KEY))

const blacklisted = { detail: 'Token is blacklisted.' }

describe('DRF_JWT', () => {
  test('off, nothing of it is there, whatever the method', async () => {
    const api = client()
    const own = paths.filter((path) => path !== '/api-token-auth/') // which is authtoken's then
    for (const path of [...own, '/auth/impersonate/', '/auth/logout/']) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, body, headers } = await api.send(method, path)
        expect([path, status, body]).toEqual([path, 404, { detail: 'Not found.' }])
        expect(headers.get('allow')).toBeNull()
      }
    }
  })

  test('off, its tokens and cookies say nothing', async () => {
    const { token } = await holder()
    const api = client({ JWT_AUTH_COOKIE: 'jwt' })
    const { status, body } = await api.get('/auth/users/me/', {
      headers: { cookie: `jwt=${token}` },
    })
    expect([status, body.detail]).toEqual([401, 'Authentication credentials were not provided.'])
    expect((await api.get('/auth/users/me/', { token })).body.code).toBe('token_not_valid')
  })

  test('in jpadilla’s dialect, there is no impersonation and no blacklist', async () => {
    const { api, token } = await holder(jpadilla)
    const headers = { authorization: `JWT ${token}` }
    for (const path of ['/auth/impersonate/', '/auth/logout/']) {
      expect((await api.post(path, {}, { headers })).status).toBe(404)
    }
  })
})

test('Simple JWT’s own views name its scheme, all others drf-jwt’s', async () => {
  const api = client({ ...jpadilla, AUTH_HEADER_TYPES: 'Bearer,JWT' })
  const [email, token] = [newEmail(), 'garbage']
  for (const [path, sent, scheme] of [
    ['/auth/jwt/create/', { email, password }, 'Bearer'],
    ['/auth/jwt/refresh/', { refresh: token }, 'Bearer'],
    ['/api/token/sliding/', { email, password }, 'Bearer'],
    ['/api/token/sliding/refresh/', { token }, 'Bearer'],
    ['/auth/users/set_password/', {}, 'JWT'],
  ] as const) {
    const { status, headers } = await api.post(path, sent)
    const said = [path, status, headers.get('www-authenticate')]
    expect(said).toEqual([path, 401, `${scheme} realm="api"`])
  }
})

describe('a token', () => {
  test('names its user by e-mail where people log in by it', async () => {
    const { email, id, token } = await holder(jpadilla)
    const claims = decodeJwt(token)
    const names = ['user_id', 'username', 'exp', 'email', 'orig_iat']
    expect(Object.keys(claims).slice(0, 5)).toEqual(names)
    expect(claims).toMatchObject({ user_id: id, username: email, email })
  })

  test('lives as long as JWT_EXPIRATION_DELTA says, and is exchanged only where that is allowed', async () => {
    const short = { ...styria, JWT_EXPIRATION_DELTA: '1m', JWT_ALLOW_REFRESH: false }
    const { api, token } = await holder(short)
    const { iat = 0, exp = 0, orig_iat } = decodeJwt(token)
    expect([exp - iat, orig_iat]).toEqual([60, undefined])
    expect((await api.post('/api-token-refresh/', { token })).body).toEqual({
      non_field_errors: ['orig_iat field not found in token.'],
    })
  })

  test('that has a type or a session is none of drf-jwt’s', async () => {
    const { api, token } = await holder()
    for (const more of [{ token_type: 'access' }, { sid: 'x' }]) {
      const other = await sign({ ...decodeJwt(token), ...more })
      const { status, body } = await api.post('/api-token-verify/', { token: other })
      expect([status, body]).toEqual([400, { non_field_errors: ['Invalid token.'] }])
    }
  })

  test.each(['refresh', 'sliding'])(
    'a %s token of Simple JWT is none, whatever TOKEN_TYPE_CLAIM calls its type',
    async (typ) => {
      const renamed = { ...styria, TOKEN_TYPE_CLAIM: 'typ' }
      const { api, id, email } = await person(renamed)
      await env.DB.prepare('update users set token_version = 0 where id = ?').bind(id).run()
      const now = Math.floor(Date.now() / 1000)
      const theirs = { typ, iat: now, exp: now + 3600, jti: crypto.randomUUID() }
      const token = await sign({ ...theirs, username: email, user_id: id })

      expect((await api.get('/auth/users/me/', { token })).status).toBe(401)
      expect((await api.post('/api-token-verify/', { token })).status).toBe(400)
      expect((await api.post('/api-token-refresh/', { token })).status).toBe(400)
    },
  )

  test('is told from Simple JWT’s by its claims, where both are a Bearer’s', async () => {
    const someone = await loggedIn(styria)
    const { body } = await someone.api.post('/api-token-auth/', { email: someone.email, password })
    for (const token of [someone.access, body.token]) {
      expect((await someone.api.get('/auth/users/me/', { token })).status).toBe(200)
    }
    const wrong = await someone.api.get('/auth/users/me/', { token: `${someone.access}x` })
    expect(wrong.body.code).toBe('token_not_valid')
    const garbage = await someone.api.get('/auth/users/me/', { token: 'garbage' })
    expect(garbage.body).toEqual({ detail: 'Error decoding token.' })
    expect(garbage.headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  test('is refused for another’s address, though he had it before', async () => {
    const { api, token, id, email } = await holder()
    await env.DB.prepare('update users set email_key = ? where id = ?').bind(newEmail(), id).run()
    await client({ SEND_ACTIVATION_EMAIL: false }).post('/auth/users/', {
      ...{ email, password, first_name: 'Eve', last_name: 'Else' },
    })
    const { status, body } = await api.get('/auth/users/me/', { token })
    expect([status, body]).toEqual([401, { detail: 'Invalid token.' }])
  })

  test('ends with the password it was got with, and so do those that it was exchanged for', async () => {
    const { api, token } = await holder()
    const child = (await api.post('/api-token-refresh/', { token })).body.token
    const change = { current_password: password, new_password: newPassword }
    expect((await api.post('/auth/users/set_password/', change, { token })).status).toBe(204)
    for (const old of [token, child]) {
      const { status, body } = await api.get('/auth/users/me/', { token: old })
      expect([status, body]).toEqual([401, { detail: 'Error decoding token.' }])
      const refused = await api.post('/api-token-refresh/', { token: old })
      expect(refused.body).toEqual({ non_field_errors: ['Error decoding token.'] })
    }
  })

  test('of another Django counts until the password changes here', async () => {
    const { api, id, token } = await holder()
    const { hash_password: _, ...foreign } = decodeJwt(token)
    const imported = await sign(foreign)
    expect((await api.get('/auth/users/me/', { token: imported })).status).toBe(401)
    await env.DB.prepare('update users set token_version = 0 where id = ?').bind(id).run()
    expect((await api.get('/auth/users/me/', { token: imported })).status).toBe(200)
  })
})

describe('POST /api-token-auth/', () => {
  test('beside a re-hash, compares once more and lets in', async () => {
    const { email } = await person()
    const costlier = { ...styria, ARGON2_MEMORY_COST: 128 }
    let raced = false
    const DB = gated(env.DB, async (statements) => {
      if (raced || !statements.some((statement) => statement.startsWith('update "users"'))) return
      raced = true
      await client(costlier).post('/auth/jwt/create/', { email, password })
    })
    const { status } = await client({ ...costlier, DB }).post('/api-token-auth/', {
      email,
      password,
    })
    expect([status, raced]).toEqual([201, true])
  })
})

test('chains that have ended are deleted by the cron', async () => {
  const night = Date.now()
  const insert = env.DB.prepare("insert into revoked_tokens values (?, null, 'drf-jwt', ?, ?)")
  const [ended, running] = [`ended ${night}`, `running ${night}`]
  await env.DB.batch([insert.bind(ended, night - 1, 0), insert.bind(running, night + 1, 0)])

  await cron(night)
  const { results } = await env.DB.prepare('select jti from revoked_tokens where jti in (?, ?)')
    .bind(ended, running)
    .all()
  expect(results).toEqual([{ jti: running }])
})

describe('POST /auth/logout/', () => {
  test('ends the whole chain, backwards and forwards, until its end', async () => {
    const { api, id, token } = await holder()
    const child = (await api.post('/api-token-refresh/', { token })).body.token
    const grandchild = (await api.post('/api-token-refresh/', { token: child })).body.token
    const other = (await holder()).token

    const { status, body } = await api.post('/auth/logout/', {}, { token: child })
    expect([status, body]).toEqual([201, { token: child }])
    for (const dead of [token, child, grandchild]) {
      const answer = await api.get('/auth/users/me/', { token: dead })
      expect([answer.status, answer.body]).toEqual([403, blacklisted])
    }
    expect((await api.get('/auth/users/me/', { token: other })).status).toBe(200)

    const row = await env.DB.prepare('select * from revoked_tokens where user_id = ?')
      .bind(id)
      .first<{ jti: string; token_type: string; expires_at: number }>()
    const { jti, orig_iat } = decodeJwt(token)
    const end = (Number(orig_iat) + 7 * 86_400 + 300) * 1000
    expect(row).toMatchObject({ jti, token_type: 'drf-jwt', expires_at: end })
  })

  test('ends another token of one’s own, and nobody else’s', async () => {
    const { api, email, token } = await holder()
    const second = (await api.post('/api-token-auth/', { email, password })).body.token
    const stranger = await holder()

    const theirs = await api.post('/auth/logout/', { token: stranger.token }, { token })
    expect(theirs.status).toBe(403)
    expect((await api.get('/auth/users/me/', { token: stranger.token })).status).toBe(200)
    expect((await api.post('/auth/logout/', { token: second }, { token })).status).toBe(201)
    expect((await api.get('/auth/users/me/', { token: second })).status).toBe(403)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
  })

  test('wants a token from who came with another kind', async () => {
    const { api, access } = await loggedIn(styria)
    const { status, body } = await api.post('/auth/logout/', {}, { token: access })
    expect([status, body]).toEqual([400, { token: ['This field is required.'] }])
  })
})
