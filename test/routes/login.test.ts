import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password, person } from '../support/people.ts'
import vectors from '../vectors/passwords.json'

const refused = { detail: 'No active account found with the given credentials' }

describe('POST /auth/jwt/create/', () => {
  test('a wrong password, an unknown user and an inactive one get the same answer', async () => {
    const { api, email } = await person()
    const pending = newEmail('pending')
    await api.post('/auth/users/', {
      email: pending,
      password,
      first_name: 'Ada',
      last_name: 'Lovelace',
    })
    const disabled = await person()
    await setColumn(disabled.id, 'status', 'disabled')

    for (const sent of [
      { email, password: `${password}!` },
      { email: newEmail('nobody'), password },
      { email: pending, password },
      { email: disabled.email, password },
    ]) {
      const { status, body, headers } = await api.post('/auth/jwt/create/', sent)
      expect([status, body]).toEqual([401, refused])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
    }
  })

  test('the address may be in capitals, and in the field `username`', async () => {
    const { api, email } = await person()

    for (const sent of [{ email: email.toUpperCase() }, { username: email }]) {
      expect((await api.post('/auth/jwt/create/', { ...sent, password })).status).toBe(200)
    }
  })

  test('an address whose domain is not ASCII is found as it was typed', async () => {
    const api = client({ SEND_ACTIVATION_EMAIL: false })
    const email = newEmail().replace('example.com', 'BÜCHER.example')
    await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'L' })

    expect((await logIn(api, { email })).status).toBe(200)
    await api.post('/auth/users/reset_password/', { email })
    expect(await api.mail(email)).toHaveLength(1)
  })

  test('stores where a session came from', async () => {
    const { api, email, id } = await person()
    const headers = { 'user-agent': 'Tests/1.0', 'cf-ipcountry': 'NZ', 'cf-connecting-ip': '::1' }

    await logIn(api, { email }, { headers })

    const query = 'select user_agent, ip, country from sessions where user_id = ?'
    expect(await env.DB.prepare(query).bind(id).first()).toEqual({
      user_agent: 'Tests/1.0',
      ip: '::1',
      country: 'NZ',
    })
  })

  test('UPDATE_LAST_LOGIN sets `last_login`, which no login sets without it', async () => {
    const without = await loggedIn()
    const set = await loggedIn({ UPDATE_LAST_LOGIN: true })

    expect(await columnOf(without.id, 'last_login')).toBeNull()
    expect(await columnOf(set.id, 'last_login')).toBeGreaterThan(Date.now() - 60_000)
  })

  const cyrillic = vectors.pbkdf2.find(({ name }) => name === '100000 rounds')
  const bare = vectors.sha256.find(({ name }) => name === 'Chinese')
  test.each([
    ['Django’s PBKDF2', cyrillic],
    ['bare SHA-256', bare],
  ])('a hash of %s is verified, and replaced by argon2id', async (_, vector) => {
    const { api, email, id } = await person()
    await setColumn(id, 'password', String(vector?.encoded))
    const sent = { email, password: vector?.password }

    const wrong = await logIn(api, { email })
    expect(await columnOf(id, 'password')).toBe(vector?.encoded)
    const first = await api.post('/auth/jwt/create/', sent)

    expect([wrong.status, first.status]).toEqual([401, 200])
    expect(await columnOf(id, 'password')).toMatch(/^argon2\$argon2id\$v=19\$m=64,t=1,p=1\$/)
    expect(await columnOf(id, 'token_version')).toBe(1)
    expect((await api.post('/auth/jwt/create/', sent)).status).toBe(200)
    const { refresh } = first.body
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
  })

  test('a hash that is up to date is not replaced', async () => {
    const { api, email, id } = await person()
    const before = await columnOf(id, 'password')

    await logIn(api, { email })

    expect(await columnOf(id, 'password')).toBe(before)
  })
})

describe('POST /api/token/blacklist/', () => {
  test('revokes the session: neither its refresh nor its access token works any more', async () => {
    const { api, access, refresh } = await loggedIn()

    const first = await api.post('/api/token/blacklist/', { refresh })
    const second = await api.post('/api/token/blacklist/', { refresh })

    expect([first.status, first.body]).toEqual([200, {}])
    const blacklisted = { detail: 'Token is blacklisted', code: 'token_not_valid' }
    expect([second.status, second.body]).toEqual([401, blacklisted])
    expect((await api.post('/auth/jwt/refresh/', { refresh })).body).toEqual(blacklisted)
    const me = await api.get('/auth/users/me/', { token: access })
    expect(me.body.messages[0].message).toBe('Token is blacklisted')
  })

  test('without CHECK_SESSION the access token works until it expires', async () => {
    const { api, access, refresh } = await loggedIn({ CHECK_SESSION: false })

    await api.post('/api/token/blacklist/', { refresh })

    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
  })
})

describe('POST /auth/jwt/verify/', () => {
  test('accepts either token, and a revoked one too unless the blacklist is on', async () => {
    const { api, access, refresh } = await loggedIn()
    const rotating = client({ ROTATE_REFRESH_TOKENS: true, BLACKLIST_AFTER_ROTATION: true })
    const verify = async (by: typeof api, token: string) => {
      const { status, body } = await by.post('/auth/jwt/verify/', { token })
      return [status, body]
    }

    expect(await verify(api, access)).toEqual([200, {}])
    expect(await verify(rotating, refresh)).toEqual([200, {}])
    await api.post('/api/token/blacklist/', { refresh })

    expect(await verify(api, refresh)).toEqual([200, {}])
    expect(await verify(rotating, refresh)).toEqual([
      400,
      { non_field_errors: ['Token is blacklisted'] },
    ])
  })
})

const columnOf = (id: number, name: string) =>
  env.DB.prepare(`select ${name} from users where id = ?`).bind(id).first(name)

const setColumn = (id: number, name: string, value: string) =>
  env.DB.prepare(`update users set ${name} = ? where id = ?`).bind(value, id).run()
