import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, password } from '../support/people.ts'

const open = { REGISTER: true, SEND_ACTIVATION_EMAIL: false }
const ada = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const errorBody = (errors: object) => ({ status: 403, errors, message: 'something went wrong' })
const tokens = { refresh: expect.any(String), access: expect.any(String) }

const userRow = (email: string) =>
  env.DB.prepare('select * from users where email = ?').bind(email).first()
const sessionsOf = (id: unknown) =>
  env.DB.prepare('select * from sessions where user_id = ?').bind(id).run()

describe('POST /register/', () => {
  test('answers the key of later logins with REGISTER_TOKENS = authtoken', async () => {
    const api = client({ ...open, REGISTER_TOKENS: 'authtoken' })
    const person = ada()

    const { body } = await api.post('/register/', person)

    expect(Object.keys(body)).toEqual(['status', 'data', 'token_obj', 'message'])
    const login = await api.post('/auth/token/login/', { email: person.email, password })
    expect(login.body).toEqual({ auth_token: body.token_obj })
  })

  test('creates the user and logs in', async () => {
    const api = client(open)
    const person = ada()

    const answer = await api.post('/register/', person, {
      headers: { 'user-agent': 'Firefox', 'cf-ipcountry': 'NL' },
    })

    const { status, body } = answer
    const row = await userRow(person.email)
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['status', 'data', 'refresh', 'access', 'message'])
    expect(body).toEqual({
      status: 200,
      data: {
        first_name: 'Ada',
        last_name: 'Lovelace',
        role: 'user',
        email: person.email,
        id: row?.id,
      },
      ...tokens,
      message: 'your data is saved',
    })
    expect(row).toMatchObject({ status: 'active', is_staff: 0, token_version: 1 })
    const { results } = await sessionsOf(row?.id)
    expect(results).toMatchObject([
      { id: decodeJwt(body.access).sid, refresh_counter: 0, user_agent: 'Firefox', country: 'NL' },
    ])
    const me = await api.get('/auth/users/me/', { token: body.access })
    expect(me.body.email).toBe(person.email)
    const { refresh } = body
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(200)
  })

  test('an account that must be activated gets its mail and no tokens', async () => {
    const api = client({ ...open, SEND_ACTIVATION_EMAIL: true })
    const person = ada()

    const { body } = await api.post('/register/', person)

    const row = await userRow(person.email)
    expect(Object.keys(body)).toEqual(['status', 'data', 'message'])
    expect(row).toMatchObject({ status: 'pending' })
    expect((await sessionsOf(row?.id)).results).toEqual([])
    expect(await api.mail(person.email)).toMatchObject([{ kind: 'activation' }])
  })

  test('sends the mail of a sign-up', async () => {
    const api = client({ ...open, SEND_CONFIRMATION_EMAIL: true })
    const person = ada()

    expect((await api.post('/register/', person)).body).toMatchObject(tokens)
    expect(await api.mail(person.email)).toMatchObject([{ kind: 'confirmation' }])
  })

  test('answers the errors of a sign-up in another form, with status 200', async () => {
    const api = client({ ...open, USER_CREATE_PASSWORD_RETYPE: true, SIGNUP_ROLES: 'driver' })
    const taken = { ...ada(), re_password: password }
    await api.post('/register/', taken)

    for (const wrong of [
      {},
      taken,
      { ...taken, password: '1' },
      { ...taken, email: newEmail(), re_password: 'x' },
      { ...taken, email: newEmail(), password: '123', re_password: '123' },
      { ...taken, email: newEmail(), role: 'admin' },
      [1],
    ]) {
      const plain = await api.post('/auth/users/', wrong)
      const { status, body } = await api.post('/register/', wrong)
      expect(plain.status).toBe(400)
      expect([status, body]).toEqual([200, errorBody(plain.body)])
      expect(JSON.stringify(body.errors)).toBe(JSON.stringify(plain.body))
    }
    const [{ count }] = (
      await env.DB.prepare('select count(*) as count from users where email = ?')
        .bind(taken.email)
        .run<{ count: number }>()
    ).results as [{ count: number }]
    expect(count).toBe(1)
  })

  test('REGISTER_ERROR_STATUS changes the status of errors', async () => {
    for (const status of [400, 403, 422]) {
      const answer = await client({ ...open, REGISTER_ERROR_STATUS: status }).post('/register/', {})
      expect([answer.status, answer.body.status]).toEqual([status, 403])
    }
  })

  test('a request that is no sign-up gets the usual errors', async () => {
    const api = client(open)
    const text = { headers: { 'content-type': 'text/plain' }, body: '{}' }

    expect((await api.send('POST', '/register/', text)).status).toBe(415)
    expect((await api.post('/register/', ada(), { token: 'a.b.c' })).status).toBe(401)
    expect((await api.get('/register/')).status).toBe(405)
  })

  test('creates one of two accounts with one address at the same moment', async () => {
    const person = ada()

    const answers = await Promise.all([1, 2].map(() => client(open).post('/register/', person)))

    const saved = answers.filter(({ body }) => body.status === 200)
    const refused = answers.filter(({ body }) => body.status === 403)
    expect([saved.length, refused.length]).toEqual([1, 1])
    expect(refused[0]?.body.errors).toEqual({
      email: ['user account with this email already exists.'],
    })
  })

  test('PERMISSIONS_USER_CREATE applies here too', async () => {
    const { access } = await loggedIn()
    const closed = client({ ...open, PERMISSIONS_USER_CREATE: 'IsAdminUser' })
    const person = ada()

    expect((await closed.post('/register/', person)).status).toBe(401)
    expect((await closed.post('/register/', person, { token: access })).status).toBe(403)
    expect(await userRow(person.email)).toBeNull()
  })

  test('shares the rate limit of sign-up', async () => {
    const limit = vi.fn(async () => ({ success: false }))
    const api = client({ ...open, RATE_LIMITER: { limit } })

    expect((await api.post('/register/', ada())).status).toBe(429)
    await api.post('/auth/users/', ada())
    const [[here], [there]] = limit.mock.calls as unknown as [[object], [object]]
    expect(here).toEqual(there)
  })

  test('works with LOGIN_FIELD username', async () => {
    const username = newEmail('ada').split('@')[0]
    const api = client({ ...open, LOGIN_FIELD: 'username' })

    const { body } = await api.post('/register/', { username, password })

    expect(body).toMatchObject({ data: { email: '', username }, ...tokens })
  })

  test('does not exist unless REGISTER is on', async () => {
    const api = client({ SEND_ACTIVATION_EMAIL: false })
    const person = ada()

    expect((await api.post('/register/', person)).body).toEqual({ detail: 'Not found.' })
    expect(await userRow(person.email)).toBeNull()
    expect((await api.get('/')).body).not.toHaveProperty('register')
    expect((await client(open).get('/')).body.register).toBe('https://auth.test/register/')
  })
})
