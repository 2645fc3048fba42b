// POST /auth/impersonate/: which users may impersonate which others, what they may do, and until when.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password, person } from '../support/people.ts'

const vars = { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' }
const cookies = { JWT_AUTH_COOKIE: 'jwt', JWT_IMPERSONATION_COOKIE: 'imp' }
const forbidden = { detail: 'You do not have permission to perform this action.' }
const blacklisted = { detail: 'Token is blacklisted.' }

const become = (id: number, change: string) =>
  env.DB.prepare(`update users set ${change} where id = ?`).bind(id).run()

/** A superuser, the user that they impersonate, and the token for it. */
async function impersonated(more: Record<string, unknown> = {}) {
  const root = await person({ ...vars, ...more })
  await become(root.id, 'is_superuser = 1')
  const { api } = root
  const credentials = { email: root.email, password }
  const { body: own } = await api.post('/api-token-auth/', credentials)
  const ada = await person({ ...vars, ...more })
  const { body } = await api.post('/auth/impersonate/', { user: ada.id }, { token: own.token })
  return { api, root: { ...root, token: String(own.token) }, ada, token: String(body.token) }
}

describe('an impersonation', () => {
  test('names the actor in every token of its family', async () => {
    const { api, root, ada, token } = await impersonated()
    const child = (await api.post('/api-token-refresh/', { token })).body.token
    const grandchild = (await api.post('/api-token-refresh/', { token: child })).body.token
    for (const each of [token, child, grandchild]) {
      const { user_id, act } = decodeJwt(each)
      expect([user_id, act]).toMatchObject([ada.id, { sub: String(root.id) }])
      expect((await api.get('/auth/users/me/', { token: each })).body.id).toBe(ada.id)
    }
  })

  test('requires a superuser, and a user that is neither staff nor superuser', async () => {
    const { api, root, ada, token } = await impersonated()
    const other = await person(vars)
    for (const right of ['is_staff', 'is_superuser']) {
      await become(other.id, `is_staff = 0, is_superuser = 0, ${right} = 1`)
      const answer = await api.post('/auth/impersonate/', { user: other.id }, { token: root.token })
      expect([answer.status, answer.body]).toEqual([403, forbidden])
    }
    const self = await api.post('/auth/impersonate/', { user: root.id }, { token: root.token })
    expect(self.status).toBe(403)
    const deeper = await api.post('/auth/impersonate/', { user: ada.id }, { token })
    expect(deeper.status).toBe(403)
    await become(root.id, 'is_superuser = 0, is_staff = 1')
    const staff = await api.post('/auth/impersonate/', { user: ada.id }, { token: root.token })
    expect([staff.status, staff.body]).toEqual([403, forbidden])
  })

  test.each([
    ['is no superuser any more', 'is_superuser = 0'],
    ['is disabled', "status = 'disabled'"],
    ['has another password', 'token_version = token_version + 1'],
  ])('ends when the actor %s', async (_, change) => {
    const { api, root, token } = await impersonated()
    await become(root.id, change)
    const { status, body } = await api.get('/auth/users/me/', { token })
    expect([status, body]).toEqual([403, blacklisted])
    const refused = await api.post('/api-token-refresh/', { token })
    expect(refused.body).toEqual({ non_field_errors: ['Token is blacklisted.'] })
  })

  test('ends when the actor is deleted or logs out', async () => {
    for (const end of ['delete', 'logout']) {
      const { api, root, token } = await impersonated()
      if (end === 'delete') {
        await env.DB.prepare('delete from users where id = ?').bind(root.id).run()
      } else await api.post('/auth/logout/', {}, { token: root.token })
      const { status, body } = await api.get('/auth/users/me/', { token })
      expect([status, body]).toEqual([403, blacklisted])
    }
  })

  test.each([
    ['a session', '/auth/jwt/create/', 'access'],
    ['a sliding token', '/api/token/sliding/', 'token'],
  ])('that started from %s of Simple JWT ends with it', async (_, path, name) => {
    const slides = { ...vars, AUTH_TOKEN_CLASSES: 'AccessToken,SlidingToken' }
    const { api, root, ada } = await impersonated(slides)
    const { body: own } = await api.post(path, { email: root.email, password })
    const begun = await api.post('/auth/impersonate/', { user: ada.id }, { token: own[name] })
    const { body } = await api.post('/api-token-refresh/', begun.body)
    for (const { token } of [begun.body, body]) {
      expect((await api.get('/auth/users/me/', { token })).body.id).toBe(ada.id)
    }

    await api.post('/api/token/blacklist/', { refresh: own.refresh ?? own.token })
    for (const { token } of [begun.body, body]) {
      const answer = await api.get('/auth/users/me/', { token })
      expect([answer.status, answer.body]).toEqual([403, blacklisted])
    }
  })

  test('stays revoked after the actor’s own token family has expired', async () => {
    const { api, root } = await impersonated()
    const sixDaysAgo = Math.floor(Date.now() / 1000) - 6 * 86_400
    const older = await new SignJWT({ ...decodeJwt(root.token), orig_iat: sixDaysAgo })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(env.SIGNING_KEY))
    await api.post('/auth/logout/', {}, { token: older })
    const row = await env.DB.prepare('select expires_at from revoked_tokens where user_id = ?')
      .bind(root.id)
      .first<{ expires_at: number }>()
    expect(row?.expires_at).toBeGreaterThan(Date.now() + 7 * 86_400_000)
  })

  test('ends when its user gets rights, is disabled or changes the password', async () => {
    for (const [change, status] of [
      ['is_staff = 1', 403],
      ['is_superuser = 1', 403],
      ["status = 'disabled'", 401],
      ['token_version = token_version + 1', 401],
    ] as const) {
      const { api, ada, token } = await impersonated()
      await become(ada.id, change)
      expect((await api.get('/auth/users/me/', { token })).status).toBe(status)
    }
  })

  test('cannot revoke the user’s authtoken key', async () => {
    const { ada, token } = await impersonated()
    const api = client({ DRF_JWT: false })
    const { body } = await api.post('/auth/token/login/', { email: ada.email, password })

    const answer = await ada.api.post('/auth/token/logout/', undefined, { token })

    expect([answer.status, answer.body]).toEqual([403, forbidden])
    const headers = { authorization: `Token ${body.auth_token}` }
    expect((await ada.api.get('/auth/users/me/', { headers })).status).toBe(200)
  })

  test('cannot change a password or an email, or delete a user', async () => {
    const { api, ada, token } = await impersonated()
    const change = { current_password: password, new_password: 'a flock of herons' }
    for (const [method, path, json] of [
      ['POST', '/auth/users/set_password/', change],
      ['DELETE', '/auth/users/me/', { current_password: password }],
      ['DELETE', `/auth/users/${ada.id}/`, { current_password: password }],
    ] as const) {
      const { status, body } = await api.send(method, path, { json, token })
      expect([path, status, body]).toEqual([path, 403, forbidden])
    }
    const name = await api.patch('/auth/users/me/', { first_name: 'Augusta' }, { token })
    expect([name.status, name.body.first_name]).toEqual([200, 'Augusta'])
  })

  test('cannot change an email that is an ordinary field', async () => {
    const api = client({ ...vars, LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false })
    const signUp = async (name: string) => {
      const someone = { username: `${name}${Date.now()}`, email: newEmail(name), password }
      return { ...someone, id: (await api.post('/auth/users/', someone)).body.id }
    }
    const [root, ada] = [await signUp('root'), await signUp('ada')]
    await become(root.id, 'is_superuser = 1')
    const { body: own } = await api.post('/api-token-auth/', { username: root.username, password })
    const { body } = await api.post('/auth/impersonate/', { user: ada.id }, { token: own.token })

    const other = { email: newEmail() }
    const refused = await api.patch('/auth/users/me/', other, body)
    expect([refused.status, refused.body]).toEqual([403, forbidden])
    const same = await api.patch('/auth/users/me/', { email: ada.email }, body)
    expect([same.status, same.body.email]).toEqual([200, ada.email])
  })

  test('is refused with an actor claim of another form', async () => {
    const { api, token } = await impersonated()
    for (const act of [null, 'root', {}, { sub: 1, token_version: 1 }, { sub: '1' }]) {
      const forged = await new SignJWT({ ...decodeJwt(token), act })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(env.SIGNING_KEY))
      expect((await api.get('/auth/users/me/', { token: forged })).status).toBe(403)
    }
  })

  test('can be revoked by the actor, and cannot revoke the user’s own tokens', async () => {
    const { api, root, ada, token } = await impersonated()
    const { body } = await api.post('/api-token-auth/', { email: ada.email, password })
    expect((await api.post('/auth/logout/', { token: body.token }, { token })).status).toBe(403)
    expect((await api.post('/auth/logout/', { token }, { token: body.token })).status).toBe(403)
    expect((await api.post('/auth/logout/', { token }, { token: root.token })).status).toBe(201)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(403)
    expect((await api.get('/auth/users/me/', { token: body.token })).status).toBe(200)
    expect((await api.get('/auth/users/me/', { token: root.token })).status).toBe(200)
  })
})

describe('JWT_IMPERSONATION_COOKIE', () => {
  test('comes before the actor’s own cookie, keeps refreshed tokens, and is cleared at logout', async () => {
    const { api, root, ada, token } = await impersonated(cookies)
    const headers = { cookie: `jwt=${root.token}; imp=${token}` }
    expect((await api.get('/auth/users/me/', { headers })).body.id).toBe(ada.id)
    const refreshed = await api.post('/api-token-refresh/', { token })
    expect(refreshed.headers.get('set-cookie')).toMatch(/^imp=eyJ/)
    const out = await api.post('/auth/logout/', undefined, { headers })
    expect(out.headers.get('set-cookie')).toMatch(/^imp=;/)
    const left = { headers: { cookie: `jwt=${root.token}` } }
    expect((await api.get('/auth/users/me/', left)).body.id).toBe(root.id)
  })

  test('is not set for a page of another site', async () => {
    const { api, root, ada } = await impersonated(cookies)
    const headers = { origin: 'https://evil.test', authorization: `Bearer ${root.token}` }
    const { status } = await api.post('/auth/impersonate/', { user: ada.id }, { headers })
    expect(status).toBe(403)
  })
})
