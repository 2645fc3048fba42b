import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, newEmail, password } from '../support/people.ts'

const open = { REGISTER: true, SEND_ACTIVATION_EMAIL: false }
const ada = () => ({ email: newEmail(), password, first_name: 'Ada', last_name: 'Lovelace' })
const refusal = (errors: object) => ({ status: 403, errors, message: 'something went wrong' })
const tokens = { refresh: expect.any(String), access: expect.any(String) }

const userRow = (email: string) =>
  env.DB.prepare('select * from users where email = ?').bind(email).first()
const sessionsOf = (id: unknown) =>
  env.DB.prepare('select * from sessions where user_id = ?').bind(id).run()

describe('POST /register/', () => {
  test('with REGISTER_TOKENS = authtoken answers the key of later log-ins', async () => {
    const api = client({ ...open, REGISTER_TOKENS: 'authtoken' })
    const person = ada()

    const { body } = await api.post('/register/', person)

    expect(Object.keys(body)).toEqual(['status', 'data', 'token_obj', 'message'])
    const login = await api.post('/auth/token/login/', { email: person.email, password })
    expect(login.body).toEqual({ auth_token: body.token_obj })
  })

  test('makes the user and logs in at once', async () => {
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

  test('is told by mail where sign-up is', async () => {
    const api = client({ ...open, SEND_CONFIRMATION_EMAIL: true })
    const person = ada()

    expect((await api.post('/register/', person)).body).toMatchObject(tokens)
    expect(await api.mail(person.email)).toMatchObject([{ kind: 'confirmation' }])
  })

  test('complaints are those of sign-up, in an envelope of their own, and 200 all the same', async () => {
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
      expect([status, body]).toEqual([200, refusal(plain.body)])
      expect(JSON.stringify(body.errors)).toBe(JSON.stringify(plain.body))
    }
    const [{ count }] = (
      await env.DB.prepare('select count(*) as count from users where email = ?')
        .bind(taken.email)
        .run<{ count: number }>()
    ).results as [{ count: number }]
    expect(count).toBe(1)
  })

  test('REGISTER_ERROR_STATUS changes the status of complaints', async () => {
    for (const status of [400, 403, 422]) {
      const answer = await client({ ...open, REGISTER_ERROR_STATUS: status }).post('/register/', {})
      expect([answer.status, answer.body.status]).toEqual([status, 403])
    }
  })

  test('what is no sign-up at all is refused as everywhere', async () => {
    const api = client(open)
    const text = { headers: { 'content-type': 'text/plain' }, body: '{}' }

    expect((await api.send('POST', '/register/', text)).status).toBe(415)
    expect((await api.post('/register/', ada(), { token: 'a.b.c' })).status).toBe(401)
    expect((await api.get('/register/')).status).toBe(405)
  })

  test('of two at the same time with one address, one is signed up', async () => {
    const person = ada()

    const answers = await Promise.all([1, 2].map(() => client(open).post('/register/', person)))

    const saved = answers.filter(({ body }) => body.status === 200)
    const refused = answers.filter(({ body }) => body.status === 403)
    expect([saved.length, refused.length]).toEqual([1, 1])
    expect(refused[0]?.body.errors).toEqual({
      email: ['user account with this email already exists.'],
    })
  })

  test('who may sign people up may do it here', async () => {
    const { access } = await loggedIn()
    const closed = client({ ...open, PERMISSIONS_USER_CREATE: 'IsAdminUser' })
    const person = ada()

    expect((await closed.post('/register/', person)).status).toBe(401)
    expect((await closed.post('/register/', person, { token: access })).status).toBe(403)
    expect(await userRow(person.email)).toBeNull()
  })

  test('shares the brake of sign-up', async () => {
    const limit = vi.fn(async () => ({ success: false }))
    const api = client({ ...open, RATE_LIMITER: { limit } })

    expect((await api.post('/register/', ada())).status).toBe(429)
    await api.post('/auth/users/', ada())
    const [[here], [there]] = limit.mock.calls as unknown as [[object], [object]]
    expect(here).toEqual(there)
  })

  test('with usernames too', async () => {
    const username = newEmail('ada').split('@')[0]
    const api = client({ ...open, LOGIN_FIELD: 'username' })

    const { body } = await api.post('/register/', { username, password })

    expect(body).toMatchObject({ data: { email: '', username }, ...tokens })
  })

  test('is not there unless it is switched on', async () => {
    const api = client({ SEND_ACTIVATION_EMAIL: false })
    const person = ada()

    expect((await api.post('/register/', person)).body).toEqual({ detail: 'Not found.' })
    expect(await userRow(person.email)).toBeNull()
    expect((await api.get('/')).body).not.toHaveProperty('register')
    expect((await client(open).get('/')).body.register).toBe('https://auth.test/register/')
  })
})
