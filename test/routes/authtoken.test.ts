import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { linkTo, loggedIn, newEmail, password, person } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const unable = { non_field_errors: ['Unable to log in with provided credentials.'] }

describe('POST /auth/token/login/', () => {
  test('answers the same key at each login until logout, and another one after it', async () => {
    const { api, email } = await person()
    const login = async () => (await api.post('/auth/token/login/', { email, password })).body

    const [first, second] = [await login(), await login()]
    const out = await api.post('/auth/token/logout/', undefined, withKey(first.auth_token))
    const third = await login()

    expect(first.auth_token).toMatch(/^[0-9a-f]{40}$/)
    expect(second).toEqual(first)
    expect([out.status, out.body]).toEqual([204, ''])
    expect(third.auth_token).not.toBe(first.auth_token)
    const old = await api.get('/auth/users/me/', withKey(first.auth_token))
    expect([old.status, old.body]).toEqual([401, { detail: 'Invalid token.' }])
    expect((await api.get('/auth/users/me/', withKey(third.auth_token))).status).toBe(200)
  })

  test('answers the key of /api-token-auth/, where the field names differ', async () => {
    const { api, email } = await person()

    const djoser = await api.post('/auth/token/login/', { email, password })
    const drf = await api.post('/api-token-auth/', { username: email, password })
    const padded = await api.post('/api-token-auth/', { username: email, password: ` ${password}` })

    expect(drf.body).toEqual({ token: djoser.body.auth_token })
    expect(drf.headers.get('vary')).toBe('Origin')
    expect([padded.status, padded.body]).toEqual([400, unable])
  })

  test('a login sets `last_login` at Djoser’s path, and not at REST framework’s', async () => {
    const { api, email, id } = await person()
    const lastLogin = () =>
      env.DB.prepare('select last_login from users where id = ?').bind(id).first('last_login')

    await api.post('/api-token-auth/', { username: email, password })
    expect(await lastLogin()).toBeNull()
    await api.post('/auth/token/login/', { email, password })
    expect(await lastLogin()).toBeGreaterThan(Date.now() - 60_000)
  })

  test('no row contains a key', async () => {
    const { api, email, id } = await person()
    const { body } = await api.post('/auth/token/login/', { email, password })

    const row = await env.DB.prepare('select * from auth_tokens where user_id = ?').bind(id).first()

    expect(row).not.toBeNull()
    expect(JSON.stringify(row)).not.toContain(body.auth_token)
  })

  test('wrong, unknown, inactive and missing get one answer; a blank field is an error only in JSON', async () => {
    const { api, email } = await person()
    const send = (json: unknown) => api.post('/auth/token/login/', json)

    for (const sent of [
      { email, password: 'wrong' },
      { email: newEmail(), password },
      { email },
      { password },
      {},
    ]) {
      const { status, body } = await send(sent)
      expect([status, body]).toEqual([400, unable])
    }
    expect((await send({ email: '', password: '' })).body).toEqual({
      password: ['This field may not be blank.'],
      email: ['This field may not be blank.'],
    })
    const form = { email: '', password: '' }
    expect((await api.send('POST', '/auth/token/login/', { form })).body).toEqual(unable)
  })

  test('20 logins at once answer one key', async () => {
    const { api, email, id } = await person({ THROTTLE_LOGIN: '20/minute' })

    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.post('/auth/token/login/', { email, password })),
    )

    expect(new Set(answers.map(({ body }) => body.auth_token)).size).toBe(1)
    expect(await keysOf(id)).toBe(1)
  })

  test('a login whose password is reset in between gets no key', async () => {
    const { api, email, id } = await person()
    let trips = 0
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (isDelivery(statements) || ++trips !== 2) return
      await env.DB.prepare('update users set password = ? where id = ?').bind('!', id).run()
    })

    const { status } = await client({ DB }).post('/auth/token/login/', { email, password })

    expect(status).toBe(400)
    expect(await keysOf(id)).toBe(0)
    expect((await api.post('/auth/token/login/', { email, password })).status).toBe(400)
  })

  test('a key from a replaced SECRET_KEY works as long as that is a fallback', async () => {
    const { api, email, id } = await person()
    const first = (await api.post('/auth/token/login/', { email, password })).body.auth_token
    const SECRET_KEY = 'another-secret-key-of-the-tests-0123456789'
    const fallback = client({ SECRET_KEY, SECRET_KEY_FALLBACKS: env.SECRET_KEY })
    const gone = client({ SECRET_KEY })

    const same = await fallback.post('/auth/token/login/', { email, password })
    const other = await gone.post('/auth/token/login/', { email, password })

    expect(same.body.auth_token).toBe(first)
    expect(other.body.auth_token).not.toBe(first)
    expect((await gone.get('/auth/users/me/', withKey(other.body.auth_token))).status).toBe(200)
    expect(await keysOf(id)).toBe(1)
  })
})

describe('an imported key', () => {
  test('works beside the key created here, until logout', async () => {
    const { api, email, id } = await person()
    const imported = '9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b'
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(imported))
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'))
    await env.DB.prepare('insert into auth_tokens (hash, user_id, created_at) values (?, ?, 0)')
      .bind(hex.join(''), id)
      .run()

    const made = (await api.post('/auth/token/login/', { email, password })).body.auth_token

    for (const key of [imported, made]) {
      expect((await api.get('/auth/users/me/', withKey(key))).status).toBe(200)
    }
    await api.post('/auth/token/logout/', undefined, withKey(imported))
    for (const key of [imported, made]) {
      expect((await api.get('/auth/users/me/', withKey(key))).status).toBe(401)
    }
  })
})

describe('Authorization: Token', () => {
  test('gets REST framework’s errors', async () => {
    const api = client()
    const send = async (authorization: string) => {
      const { status, body } = await api.get('/auth/users/me/', { headers: { authorization } })
      return [status, body.detail]
    }

    expect(await send('Token')).toEqual([401, 'Invalid token header. No credentials provided.'])
    expect(await send('token a b')).toEqual([
      401,
      'Invalid token header. Token string should not contain spaces.',
    ])
    expect(await send('TOKEN x')).toEqual([401, 'Invalid token.'])
  })

  test('rejects a user that is not active', async () => {
    const { api, email, id } = await person()
    const key = (await api.post('/auth/token/login/', { email, password })).body.auth_token
    await env.DB.prepare(`update users set status = 'disabled' where id = ?`).bind(id).run()

    expect((await api.get('/auth/users/me/', withKey(key))).body).toEqual({
      detail: 'User inactive or deleted.',
    })
  })

  test('a reset revokes the key, and so does set_password with LOGOUT_ON_PASSWORD_CHANGE', async () => {
    const { api, email, access, id } = await loggedIn()
    const login = async (secret: string) =>
      (await api.post('/auth/token/login/', { email, password: secret })).body.auth_token
    const key = await login(password)
    const change = { current_password: password, new_password: 'a flock of geese' }

    await api.post('/auth/users/set_password/', change, { token: access })
    expect((await api.get('/auth/users/me/', withKey(key))).status).toBe(401)

    const next = await login('a flock of geese')
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const reset = { uid, token, new_password: 'a herd of zebras' }
    await api.post('/auth/users/reset_password_confirm/', reset)
    expect((await api.get('/auth/users/me/', withKey(next))).status).toBe(401)
    expect(await keysOf(id)).toBe(0)
  })
})

const withKey = (key: string) => ({ headers: { authorization: `Token ${key}` } })

const keysOf = (id: number) =>
  env.DB.prepare('select count(*) as count from auth_tokens where user_id = ?')
    .bind(id)
    .first('count')

describe('with DISABLED_ROUTES = "authtoken" (TOKEN_MODEL None)', () => {
  const vars = { DISABLED_ROUTES: 'authtoken' }

  test('a key from before does not authenticate', async () => {
    const { api, email } = await person()
    const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
    const off = client(vars)

    for (const path of [
      'users/me/',
      'users/',
      'sessions/',
      'users/me/events/',
      'users/me/export/',
    ]) {
      const { status, body } = await off.get(`/auth/${path}`, withKey(key))
      expect([status, body.detail], path).toEqual([
        401,
        'Authentication credentials were not provided.',
      ])
    }
    const change = { current_password: password, new_password: 'a flock of herons' }
    expect((await off.post('/auth/users/set_password/', change, withKey(key))).status).toBe(401)
    // As in REST framework if the class is not listed: a public route ignores the header.
    const reset = await off.post('/auth/users/reset_password/', { email }, withKey('nonsense'))
    expect(reset.status).toBe(204)
  })

  test('a reset still revokes the key, in case the route group is enabled again', async () => {
    const { api, email } = await person()
    const { auth_token: key } = (await api.post('/auth/token/login/', { email, password })).body
    const off = client(vars)
    const link = await linkTo(off, 'reset_password', email)
    await off.post('/auth/users/reset_password_confirm/', {
      ...link,
      new_password: 'a flock of herons',
    })

    expect((await api.get('/auth/users/me/', withKey(key))).status).toBe(401)
  })

  test('drf-jwt’s login at /api-token-auth/ still works', async () => {
    const { email } = await person()
    const off = client({ ...vars, DRF_JWT: true })
    const { status, body } = await off.post('/api-token-auth/', { email, password })
    expect([status, typeof body.token]).toEqual([200, 'string'])
    expect((await client(vars).post('/api-token-auth/', { email, password })).status).toBe(404)
  })
})
