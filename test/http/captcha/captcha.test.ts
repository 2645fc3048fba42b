// The captcha at sign-up, resets and resend. At login: login.test.ts. Its settings: settings.test.ts.

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { captureLogs } from '../../support/logs.ts'
import { loggedIn, newEmail, newPerson, userOf } from '../../support/people.ts'
import {
  countedApi as api,
  captchaFailed,
  captchaRequired,
  mailingPaths,
  newToken,
  turnstile,
  verificationsOf,
  withToken,
} from '../../support/turnstile.ts'

const signUp = '/auth/users/'

captureLogs()

const kindsTo = async (email: string) => {
  const query = 'select kind from mail_outbox where recipient = ? order by created_at'
  const { results } = await env.DB.prepare(query).bind(email).run<{ kind: string }>()
  return results.map(({ kind }) => kind)
}

describe('a sign-up', () => {
  test('succeeds with a token, and Turnstile gets only the client’s address with it', async () => {
    const { post, trips } = api()
    const person = newPerson()
    const token = newToken()

    const { status, body } = await post(
      signUp,
      { ...person, ...withToken(token) },
      { headers: { 'cf-connecting-ip': '203.0.113.7', 'x-forwarded-for': '198.51.100.1' } },
    )

    expect([status, body.email, 'cf-turnstile-response' in body]).toEqual([
      201,
      person.email,
      false,
    ])
    expect(trips()).toBe(1)
    expect(await verificationsOf(token)).toEqual([
      {
        secret: turnstile.TURNSTILE_SECRET_KEY,
        response: token,
        idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
        remoteip: '203.0.113.7',
      },
    ])
  })

  test('can be a form, with the field name of the widget', async () => {
    const { send } = api()
    const person = newPerson()
    const { status } = await send('POST', signUp, { form: { ...person, ...withToken() } })
    expect(status).toBe(201)
    const data = new FormData()
    const other = { ...newPerson(), ...withToken() }
    for (const [name, value] of Object.entries(other)) data.append(name, value)
    expect((await send('POST', signUp, { body: data })).status).toBe(201)
  })

  test.each([
    ['none', {}, captchaRequired],
    ['null', { 'cf-turnstile-response': null }, 'This field may not be null.'],
    ['a blank one', withToken(''), 'This field may not be blank.'],
    ['a list', { 'cf-turnstile-response': ['x'] }, 'Not a valid string.'],
    ['one that is too long', withToken('x'.repeat(2049)), 'no more than 2048 characters.'],
  ])('with %s for a token is rejected before any other check', async (_, sent, expected) => {
    const { post, trips } = api()
    const person = newPerson()
    const { status, body } = await post(signUp, { ...person, password: '1', ...sent })
    const errors = typeof expected === 'string' ? [expect.stringContaining(expected)] : undefined
    expect([status, body]).toEqual([400, errors ? { 'cf-turnstile-response': errors } : expected])
    expect(trips()).toBe(0)
    expect(await userOf(person.email)).toBeNull()
  })

  test('with a token that no widget makes is rejected without asking Turnstile', async () => {
    const { post, trips } = api({ TURNSTILE_VERIFY_URL: 'https://nowhere.test/' })
    for (const token of ['€'.repeat(2048), 'a b', 'a\u0000b']) {
      const { status, body } = await post(signUp, { ...newPerson(), ...withToken(token) })
      expect([status, Object.keys(body), trips()]).toEqual([400, ['cf-turnstile-response'], 0])
    }
  })

  test.each([
    ['invented', `XXXX.${crypto.randomUUID()}.XXXX`],
    ['expired', newToken('expired')],
  ])('with a token that is %s is rejected without a round trip', async (_, token) => {
    const { post, trips } = api()
    const person = newPerson()
    const { status, body } = await post(signUp, { ...person, ...withToken(token) })
    expect([status, body, trips()]).toEqual([400, captchaFailed, 0])
    expect(await verificationsOf(token)).toHaveLength(1)
    expect(await userOf(person.email)).toBeNull()
  })

  test('spends the token even if it fails', async () => {
    const { post } = api()
    const token = newToken()
    const weak = await post(signUp, { ...newPerson(), password: '1', ...withToken(token) })
    expect(Object.keys(weak.body)).toEqual(['password'])
    const again = await post(signUp, { ...newPerson(), ...withToken(token) })
    expect([again.status, again.body]).toEqual([400, captchaFailed])
  })

  test('with the token of a concurrent sign-up is rejected, so one of the two succeeds', async () => {
    const { post } = api()
    const token = newToken()
    const both = [newPerson(), newPerson()].map((person) =>
      post(signUp, { ...person, ...withToken(token) }),
    )
    const statuses = (await Promise.all(both)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, 400])
  })

  test('at /register/ has its error in the envelope of /register/', async () => {
    const { post } = api({ REGISTER: true })
    const { status, body } = await post('/register/', newPerson())
    expect([status, body.status, body.errors]).toEqual([200, 403, captchaRequired])
    const done = await post('/register/', { ...newPerson(), ...withToken() })
    expect([done.status, done.body.status]).toEqual([200, 200])
  })

  test('is rejected in Spanish', async () => {
    const { post } = api({ USE_I18N: true })
    const headers = { 'accept-language': 'es' }
    const none = await post(signUp, newPerson(), { headers })
    const bad = await post(signUp, { ...newPerson(), ...withToken('x') }, { headers })
    expect([none.body, bad.body]).toEqual([
      { 'cf-turnstile-response': ['Este campo es requerido.'] },
      { 'cf-turnstile-response': ['No se superó la comprobación. Inténtelo de nuevo.'] },
    ])
  })

  test('that is not JSON, or no object, gets that error', async () => {
    const { post, send } = api()
    const headers = { 'content-type': 'application/json' }
    const broken = await send('POST', signUp, { body: '{', headers })
    expect([broken.status, Object.keys(broken.body)]).toEqual([400, ['detail']])
    const list = await post(signUp, [])
    expect(list.body.non_field_errors).toEqual([expect.stringContaining('got list')])
  })
})

describe.each(mailingPaths)('POST %s', (path) => {
  test('requires a token, and sends no email without one', async () => {
    const { email } = await loggedIn()
    const { post, trips } = api()
    const before = await kindsTo(email)

    const none = await post(path, { email })
    const bad = await post(path, { email, ...withToken('bad') })

    expect([none.status, none.body, bad.status, bad.body]).toEqual([
      400,
      captchaRequired,
      400,
      captchaFailed,
    ])
    expect([trips(), await kindsTo(email)]).toEqual([0, before])
    expect((await post(path, { email, ...withToken() })).status).toBe(204)
  })

  test('answers the same for an unknown address', async () => {
    const { post } = api()
    const { status, body } = await post(path, { email: newEmail(), ...withToken() })
    expect([status, body]).toEqual([204, ''])
  })
})
