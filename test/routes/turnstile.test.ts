// Turnstile before sign-up, resets and resend. Before log-in: turnstile-log-in.test.ts.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../api.ts'
import { loggedIn, newEmail, password } from '../people.ts'
import { complaintOf } from '../production.ts'
import { gated, isDelivery } from '../trips.ts'
import { asked, newToken, turnstile, withToken } from '../turnstile.ts'

const newPerson = () => ({
  email: newEmail(),
  password,
  first_name: 'Ada',
  last_name: 'Lovelace',
})
const signUp = '/auth/users/'
const mailed = [
  '/auth/users/reset_password/',
  '/auth/users/reset_email/',
  '/auth/users/resend_activation/',
]
const missing = { 'cf-turnstile-response': ['This field is required.'] }
const refused = { 'cf-turnstile-response': ['The challenge was not passed. Try again.'] }

let logged: string[] = []
beforeEach(() => {
  logged = []
  for (const method of ['log', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...said) => {
      logged.push(JSON.stringify(said))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

/** A client whose trips to D1 are counted. */
function api(vars: object = {}) {
  let trips = 0
  const DB = gated(env.DB, (statements) => {
    if (!isDelivery(statements)) trips++
  })
  return { ...client({ DB, ...turnstile, ...vars }), trips: () => trips }
}

const userOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first()
const kindsTo = async (email: string) => {
  const query = 'select kind from mail_outbox where recipient = ? order by created_at'
  const { results } = await env.DB.prepare(query).bind(email).run<{ kind: string }>()
  return results.map(({ kind }) => kind)
}

describe('a sign-up', () => {
  test('with a token is as ever, and Turnstile hears whence it comes and no more', async () => {
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
    expect(await asked(token)).toEqual([
      {
        secret: turnstile.TURNSTILE_SECRET_KEY,
        response: token,
        idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
        remoteip: '203.0.113.7',
      },
    ])
  })

  test('is taken as a form, with the name that the widget gives its field', async () => {
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
    ['none', {}, missing],
    ['null', { 'cf-turnstile-response': null }, 'This field may not be null.'],
    ['a blank one', withToken(''), 'This field may not be blank.'],
    ['a list', { 'cf-turnstile-response': ['x'] }, 'Not a valid string.'],
    ['one that is too long', withToken('x'.repeat(2049)), 'no more than 2048 characters.'],
  ])('with %s for a token is refused before anything else is looked at', async (_, sent, said) => {
    const { post, trips } = api()
    const person = newPerson()
    const { status, body } = await post(signUp, { ...person, password: '1', ...sent })
    const complaint = typeof said === 'string' ? [expect.stringContaining(said)] : undefined
    expect([status, body]).toEqual([400, complaint ? { 'cf-turnstile-response': complaint } : said])
    expect(trips()).toBe(0)
    expect(await userOf(person.email)).toBeNull()
  })

  test.each([
    ['invented', 'XXXX.DUMMY.TOKEN.XXXX'],
    ['expired', newToken('expired')],
  ])('with a token that is %s is refused, in no trip', async (_, token) => {
    const { post, trips } = api()
    const person = newPerson()
    const { status, body } = await post(signUp, { ...person, ...withToken(token) })
    expect([status, body, trips()]).toEqual([400, refused, 0])
    expect(await asked(token)).toHaveLength(1)
    expect(await userOf(person.email)).toBeNull()
  })

  test('spends the token, whatever becomes of it', async () => {
    const { post } = api()
    const token = newToken()
    const weak = await post(signUp, { ...newPerson(), password: '1', ...withToken(token) })
    expect(Object.keys(weak.body)).toEqual(['password'])
    const again = await post(signUp, { ...newPerson(), ...withToken(token) })
    expect([again.status, again.body]).toEqual([400, refused])
  })

  test('of two at once with one token one is let through', async () => {
    const { post } = api()
    const token = newToken()
    const both = [newPerson(), newPerson()].map((person) =>
      post(signUp, { ...person, ...withToken(token) }),
    )
    const statuses = (await Promise.all(both)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, 400])
  })

  test('at /register/ is complained of as that complains', async () => {
    const { post } = api({ REGISTER: true })
    const { status, body } = await post('/register/', newPerson())
    expect([status, body.status, body.errors]).toEqual([200, 403, missing])
    const done = await post('/register/', { ...newPerson(), ...withToken() })
    expect([done.status, done.body.status]).toEqual([200, 200])
  })

  test('is refused in Spanish', async () => {
    const { post } = api({ USE_I18N: true })
    const headers = { 'accept-language': 'es' }
    const none = await post(signUp, newPerson(), { headers })
    const bad = await post(signUp, { ...newPerson(), ...withToken('x') }, { headers })
    expect([none.body, bad.body]).toEqual([
      { 'cf-turnstile-response': ['Este campo es requerido.'] },
      { 'cf-turnstile-response': ['No se superó la comprobación. Inténtelo de nuevo.'] },
    ])
  })

  test('that is no JSON, or no object, is told so', async () => {
    const { post, send } = api()
    const headers = { 'content-type': 'application/json' }
    const broken = await send('POST', signUp, { body: '{', headers })
    expect([broken.status, Object.keys(broken.body)]).toEqual([400, ['detail']])
    const list = await post(signUp, [])
    expect(list.body.non_field_errors).toEqual([expect.stringContaining('got list')])
  })
})

describe.each(mailed)('POST %s', (path) => {
  test('wants a token, and mails nobody without one', async () => {
    const { email } = await loggedIn()
    const { post, trips } = api()
    const before = await kindsTo(email)

    const none = await post(path, { email })
    const bad = await post(path, { email, ...withToken('bad') })

    expect([none.status, none.body, bad.status, bad.body]).toEqual([400, missing, 400, refused])
    expect([trips(), await kindsTo(email)]).toEqual([0, before])
    expect((await post(path, { email, ...withToken() })).status).toBe(204)
  })

  test('answers the same for an address that nobody has', async () => {
    const { post } = api()
    const { status, body } = await post(path, { email: newEmail(), ...withToken() })
    expect([status, body]).toEqual([204, ''])
  })
})

describe('Cloudflare’s secrets for tests', () => {
  const dummy = withToken('XXXX.DUMMY.TOKEN.XXXX')
  test.each([
    ['1x', 201],
    ['2x', 400],
    ['3x', 400],
  ])('%s…: %i', async (start, expected) => {
    const { post } = api({ TURNSTILE_SECRET_KEY: `${start}${'0'.repeat(31)}AA` })
    const { status, body } = await post(signUp, { ...newPerson(), ...dummy })
    expect(status).toBe(expected)
    if (expected === 400) expect(body).toEqual(refused)
  })

  test.each(['1x', '2x', '3x'])('%s… is refused in production', (start) => {
    const said = complaintOf({ TURNSTILE_SECRET_KEY: `${start}${'0'.repeat(31)}AA` })
    expect(said).toContain('TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests')
  })
})

describe('a Turnstile that gives no verdict', () => {
  const oddities = [
    ...['hangs', 'breaks', 'garbles', 'nothing', 'undecided', 'redirects'],
    ...['internal', 'malformed'],
  ]
  const hasty = { TURNSTILE_TIMEOUT: '0.2' }

  test.each(oddities)('%s: is asked once more under the same key, and lets pass', async (word) => {
    const { post } = api(hasty)
    const person = newPerson()
    const token = newToken(word)

    const { status } = await post(signUp, { ...person, ...withToken(token) })

    expect(status).toBe(201)
    const questions = await asked(token)
    expect(questions).toHaveLength(2)
    expect(questions[1]).toEqual(questions[0])
    expect(logged.filter((line) => line.includes('no verdict came from Turnstile'))).toHaveLength(2)
  })

  test.each(oddities)(
    '%s: with TURNSTILE_FAIL_OPEN = false is 503, and nothing is done',
    async (word) => {
      const { post, trips } = api({ ...hasty, TURNSTILE_FAIL_OPEN: false })
      const person = newPerson()
      const { status, body, headers } = await post(signUp, {
        ...person,
        ...withToken(newToken(word)),
      })
      const detail = 'Service temporarily unavailable, try again later.'
      expect([status, body, headers.get('retry-after')]).toEqual([503, { detail }, '5'])
      expect([trips(), await userOf(person.email)]).toEqual([0, null])
    },
  )

  test.each(oddities)('%s, the first time alone: counts as what it says then', async (word) => {
    const { post } = api({ ...hasty, TURNSTILE_FAIL_OPEN: false })
    const token = newToken(`${word}-once`)
    const { status } = await post(signUp, { ...newPerson(), ...withToken(token) })
    expect([status, (await asked(token)).length]).toEqual([201, 2])
  })

  test('is logged with neither secret, token nor person', async () => {
    const { post } = api(hasty)
    const person = newPerson()
    const tokens = ['hangs', 'garbles', 'internal', 'expired'].map((word) => newToken(word))
    for (const token of tokens) await post(signUp, { ...person, ...withToken(token) })
    expect(logged.length).toBeGreaterThan(0)
    const secrets = [...tokens, turnstile.TURNSTILE_SECRET_KEY, person.email, person.last_name]
    expect(secrets.filter((secret) => logged.some((line) => line.includes(secret)))).toEqual([])
  })
})

describe('the settings', () => {
  test('a secret that Turnstile does not know is told by name, whatever FAIL_OPEN says', async () => {
    const { post, trips } = api({ TURNSTILE_SECRET_KEY: 'mistyped-secret' })
    const { status, body } = await post(signUp, { ...newPerson(), ...withToken() })
    expect([status, body.detail]).toEqual([500, expect.stringContaining('TURNSTILE_SECRET_KEY')])
    expect(trips()).toBe(0)
    expect(`${JSON.stringify(body)} ${logged}`).not.toContain('mistyped-secret')
  })

  test('without a secret nobody is asked, whatever a body holds', async () => {
    const { post } = api({ TURNSTILE_SECRET_KEY: '', TURNSTILE_ON: 'sign-up,reset,log-in' })
    const token = newToken()
    for (const sent of [{}, withToken(token), withToken('x'.repeat(3000))]) {
      expect((await post(signUp, { ...newPerson(), ...sent })).status).toBe(201)
    }
    expect(await asked(token)).toEqual([])
  })

  test('TURNSTILE_ON says of what', async () => {
    const resets = api({ TURNSTILE_ON: 'reset' })
    expect((await resets.post(signUp, newPerson())).status).toBe(201)
    for (const path of mailed) {
      expect((await resets.post(path, { email: newEmail() })).body).toEqual(missing)
    }
    const signUps = api({ TURNSTILE_ON: 'sign-up' })
    expect((await signUps.post(signUp, newPerson())).body).toEqual(missing)
    for (const path of mailed) {
      expect((await signUps.post(path, { email: newEmail() })).status).toBe(204)
    }
  })

  test('links that were mailed work without', async () => {
    const person = newPerson()
    const { post, send, mail } = api()
    await post(signUp, { ...person, ...withToken() })
    const [{ uid, token }] = await mail(person.email)
    expect((await send('POST', '/activate/', { form: { uid, token } })).status).toBe(200)
    await post('/auth/users/reset_password/', { email: person.email, ...withToken() })
    const [link] = await mail(person.email)
    const next = { uid: link.uid, token: link.token, new_password: 'a flock of geese' }
    expect((await post('/auth/users/reset_password_confirm/', next)).status).toBe(204)
  })

  test.each([
    [{ TURNSTILE_SECRET_KEY: 'a b' }, 'TURNSTILE_SECRET_KEY holds a character'],
    [{ TURNSTILE_ON: 'signup' }, 'names out of sign-up, reset, log-in'],
    [{ TURNSTILE_VERIFY_URL: 'http://turnstile.test/x' }, 'TURNSTILE_VERIFY_URL wants https'],
    [{ TURNSTILE_AFTER_FAILURES: -1 }, 'TURNSTILE_AFTER_FAILURES'],
    [{ TURNSTILE_FAIL_OPEN: 'allow' }, 'TURNSTILE_FAIL_OPEN'],
  ])('%j is wrong', (vars, said) => {
    expect(complaintOf(vars)).toContain(said)
  })
})
