// drf-jwt beside the other packages: when its routes exist, which user a token belongs to, and what revokes it.
// What the original packages answer is in test/conformance/drf-jwt.test.ts.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { cron } from '../../support/cron.ts'
import { loggedIn, logIn, newEmail, password, person } from '../../support/people.ts'
import { beforeRoundTrip } from '../../support/trips.ts'

const djangorestframeworkJwt = { DRF_JWT: true, JWT_ALLOW_REFRESH: true }
const drfJwt = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
const newPassword = 'a flock of herons'
const paths = ['/api-token-auth/', '/api-token-verify/', '/api-token-refresh/']

/** A user with a token of drf-jwt. */
async function userWithToken(vars: Record<string, unknown> = drfJwt) {
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
  test('none of its paths exists when it is off, whatever the method', async () => {
    const api = client()
    const own = paths.filter((path) => path !== '/api-token-auth/') // authtoken answers it then
    for (const path of [...own, '/auth/impersonate/', '/auth/logout/']) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, body, headers } = await api.send(method, path)
        expect([path, status, body]).toEqual([path, 404, { detail: 'Not found.' }])
        expect(headers.get('allow')).toBeNull()
      }
    }
  })

  test('its tokens and cookies authenticate no user when it is off', async () => {
    const { token } = await userWithToken()
    const api = client({ JWT_AUTH_COOKIE: 'jwt' })
    const { status, body } = await api.get('/auth/users/me/', {
      headers: { cookie: `jwt=${token}` },
    })
    expect([status, body.detail]).toEqual([401, 'Authentication credentials were not provided.'])
    expect((await api.get('/auth/users/me/', { token })).body.code).toBe('token_not_valid')
  })

  test('has no impersonation and no blacklist with djangorestframework-jwt', async () => {
    const { api, token } = await userWithToken(djangorestframeworkJwt)
    const headers = { authorization: `JWT ${token}` }
    for (const path of ['/auth/impersonate/', '/auth/logout/']) {
      expect((await api.post(path, {}, { headers })).status).toBe(404)
    }
  })
})

test('Simple JWT’s own views name its scheme, and all others that of drf-jwt', async () => {
  const api = client({ ...djangorestframeworkJwt, AUTH_HEADER_TYPES: 'Bearer,JWT' })
  const [email, token] = [newEmail(), 'garbage']
  for (const [path, sent, scheme] of [
    ['/auth/jwt/create/', { email, password }, 'Bearer'],
    ['/auth/jwt/refresh/', { refresh: token }, 'Bearer'],
    ['/api/token/sliding/', { email, password }, 'Bearer'],
    ['/api/token/sliding/refresh/', { token }, 'Bearer'],
    ['/auth/users/set_password/', {}, 'JWT'],
  ] as const) {
    const { status, headers } = await api.post(path, sent)
    const answer = [path, status, headers.get('www-authenticate')]
    expect(answer).toEqual([path, 401, `${scheme} realm="api"`])
  }
})

describe('a token', () => {
  test('names its user by email if users log in by email', async () => {
    const { email, id, token } = await userWithToken(djangorestframeworkJwt)
    const claims = decodeJwt(token)
    const names = ['user_id', 'username', 'exp', 'email', 'orig_iat']
    expect(Object.keys(claims).slice(0, 5)).toEqual(names)
    expect(claims).toMatchObject({ user_id: id, username: email, email })
  })

  test('expires after JWT_EXPIRATION_DELTA, and is refreshed only with JWT_ALLOW_REFRESH', async () => {
    const short = { ...drfJwt, JWT_EXPIRATION_DELTA: '1m', JWT_ALLOW_REFRESH: false }
    const { api, token } = await userWithToken(short)
    const { iat = 0, exp = 0, orig_iat } = decodeJwt(token)
    expect([exp - iat, orig_iat]).toEqual([60, undefined])
    expect((await api.post('/api-token-refresh/', { token })).body).toEqual({
      non_field_errors: ['orig_iat field not found in token.'],
    })
  })

  test('is not one of drf-jwt if it has a type or a session', async () => {
    const { api, token } = await userWithToken()
    for (const more of [{ token_type: 'access' }, { sid: 'x' }]) {
      const other = await sign({ ...decodeJwt(token), ...more })
      const { status, body } = await api.post('/api-token-verify/', { token: other })
      expect([status, body]).toEqual([400, { non_field_errors: ['Invalid token.'] }])
    }
  })

  test.each(['refresh', 'sliding'])(
    'a %s token of Simple JWT is rejected, whatever TOKEN_TYPE_CLAIM is',
    async (typ) => {
      const renamed = { ...drfJwt, TOKEN_TYPE_CLAIM: 'typ' }
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

  test('is distinguished from Simple JWT’s by its claims if both use Bearer', async () => {
    const someone = await loggedIn(drfJwt)
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

  test('is rejected if another user has the address now', async () => {
    const { api, token, id, email } = await userWithToken()
    await env.DB.prepare('update users set email_key = ? where id = ?').bind(newEmail(), id).run()
    await client({ SEND_ACTIVATION_EMAIL: false }).post('/auth/users/', {
      email,
      password,
      first_name: 'Eve',
      last_name: 'Else',
    })
    const { status, body } = await api.get('/auth/users/me/', { token })
    expect([status, body]).toEqual([401, { detail: 'Invalid token.' }])
  })

  test('is invalid after a new password, and so are the tokens it was refreshed to', async () => {
    const { api, token } = await userWithToken()
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

  test('from another Django works until the password changes here', async () => {
    const { api, id, token } = await userWithToken()
    const { hash_password: _, ...claims } = decodeJwt(token)
    const imported = await sign(claims)
    expect((await api.get('/auth/users/me/', { token: imported })).status).toBe(401)
    await env.DB.prepare('update users set token_version = 0 where id = ?').bind(id).run()
    expect((await api.get('/auth/users/me/', { token: imported })).status).toBe(200)
  })
})

describe('POST /api-token-auth/', () => {
  test('succeeds if another login replaces the hash at the same moment', async () => {
    const { email } = await person()
    const costlier = { ...drfJwt, ARGON2_MEMORY_COST: 128 }
    let raced = false
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (raced || !statements.some((statement) => statement.startsWith('update "users"'))) return
      raced = true
      await logIn(client(costlier), { email })
    })
    const { status } = await client({ ...costlier, DB }).post('/api-token-auth/', {
      email,
      password,
    })
    expect([status, raced]).toEqual([201, true])
  })
})

test('the cron deletes revoked token families that have expired', async () => {
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
  test('revokes the whole token family, earlier and later tokens, until it expires', async () => {
    const { api, id, token } = await userWithToken()
    const child = (await api.post('/api-token-refresh/', { token })).body.token
    const grandchild = (await api.post('/api-token-refresh/', { token: child })).body.token
    const other = (await userWithToken()).token

    const { status, body } = await api.post('/auth/logout/', {}, { token: child })
    expect([status, body]).toEqual([201, { token: child }])
    for (const revoked of [token, child, grandchild]) {
      const answer = await api.get('/auth/users/me/', { token: revoked })
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

  test('revokes another token of the caller, and no other user’s', async () => {
    const { api, email, token } = await userWithToken()
    const second = (await api.post('/api-token-auth/', { email, password })).body.token
    const stranger = await userWithToken()

    const theirs = await api.post('/auth/logout/', { token: stranger.token }, { token })
    expect(theirs.status).toBe(403)
    expect((await api.get('/auth/users/me/', { token: stranger.token })).status).toBe(200)
    expect((await api.post('/auth/logout/', { token: second }, { token })).status).toBe(201)
    expect((await api.get('/auth/users/me/', { token: second })).status).toBe(403)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
  })

  test('requires a token in the body if another kind of token authenticates the request', async () => {
    const { api, access } = await loggedIn(drfJwt)
    const { status, body } = await api.post('/auth/logout/', {}, { token: access })
    expect([status, body]).toEqual([400, { token: ['This field is required.'] }])
  })
})
