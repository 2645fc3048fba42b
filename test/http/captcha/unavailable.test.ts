// The captcha while Turnstile is unavailable, and its settings.

import { describe, expect, test } from 'vitest'
import { newEmail } from '../../support/people.ts'
import { settingsErrorOf } from '../../support/production.ts'
import {
  countedApi as api,
  captchaFailed,
  captchaRequired,
  captureLogs,
  mailingPaths,
  newPerson,
  newToken,
  signUp,
  turnstile,
  userOf,
  verificationsOf,
  withToken,
} from '../../support/turnstile.ts'

const logged = captureLogs()

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
    if (expected === 400) expect(body).toEqual(captchaFailed)
  })

  test.each(['1x', '2x', '3x'])('%s… is rejected in production', (start) => {
    const said = settingsErrorOf({ TURNSTILE_SECRET_KEY: `${start}${'0'.repeat(31)}AA` })
    expect(said).toContain('TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests')
  })
})

test.each(['malformed', 'confused'])(
  'a token that makes Turnstile reject our request is rejected, with or without fail-open: %s',
  async (word) => {
    for (const TURNSTILE_FAIL_OPEN of [true, false]) {
      const { post, trips } = api({ TURNSTILE_FAIL_OPEN })
      const person = newPerson()
      const token = newToken(word)
      const { status, body } = await post(signUp, { ...person, ...withToken(token) })
      expect([status, body]).toEqual([400, captchaFailed])
      expect([trips(), await userOf(person.email)]).toEqual([0, null])
      expect(await verificationsOf(token)).toHaveLength(1)
    }
  },
)

describe('an unavailable Turnstile', () => {
  const oddities = ['hangs', 'breaks', 'garbles', 'nothing', 'undecided', 'redirects', 'internal']
  const hasty = { TURNSTILE_TIMEOUT: '0.2' }

  test.each(oddities)(
    '%s: is asked again under the same key, and the request is let through',
    async (word) => {
      const { post } = api(hasty)
      const person = newPerson()
      const token = newToken(word)

      const { status } = await post(signUp, { ...person, ...withToken(token) })

      expect(status).toBe(201)
      const attempts = await verificationsOf(token)
      expect(attempts).toHaveLength(2)
      expect(attempts[1]).toEqual(attempts[0])
      expect(logged.filter((line) => line.includes('turnstile unavailable'))).toHaveLength(2)
    },
  )

  test.each(oddities)(
    '%s: with TURNSTILE_FAIL_OPEN = false answers 503, and nothing is done',
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

  test.each(oddities)('%s, the first time only: the second verdict counts', async (word) => {
    const { post } = api({ ...hasty, TURNSTILE_FAIL_OPEN: false })
    const token = newToken(`${word}-once`)
    const { status } = await post(signUp, { ...newPerson(), ...withToken(token) })
    expect([status, (await verificationsOf(token)).length]).toEqual([201, 2])
  })

  test('is logged without the secret, the token or the user', async () => {
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
  test('the error names a secret that Turnstile rejects, with or without fail-open', async () => {
    const { post, trips } = api({ TURNSTILE_SECRET_KEY: 'mistyped-secret' })
    const { status, body } = await post(signUp, { ...newPerson(), ...withToken() })
    expect([status, body.detail]).toEqual([500, expect.stringContaining('TURNSTILE_SECRET_KEY')])
    expect(trips()).toBe(0)
    expect(`${JSON.stringify(body)} ${logged}`).not.toContain('mistyped-secret')
  })

  test('without a secret Turnstile is not asked, whatever a body has', async () => {
    const { post } = api({
      TURNSTILE_SECRET_KEY: '',
      TURNSTILE_REQUIRED_FOR: 'sign-up,reset,login',
    })
    const token = newToken()
    for (const sent of [{}, withToken(token), withToken('x'.repeat(3000))]) {
      expect((await post(signUp, { ...newPerson(), ...sent })).status).toBe(201)
    }
    expect(await verificationsOf(token)).toEqual([])
  })

  test('TURNSTILE_REQUIRED_FOR names the requests that require a token', async () => {
    const resets = api({ TURNSTILE_REQUIRED_FOR: 'reset' })
    expect((await resets.post(signUp, newPerson())).status).toBe(201)
    for (const path of mailingPaths) {
      expect((await resets.post(path, { email: newEmail() })).body).toEqual(captchaRequired)
    }
    const signUps = api({ TURNSTILE_REQUIRED_FOR: 'sign-up' })
    expect((await signUps.post(signUp, newPerson())).body).toEqual(captchaRequired)
    for (const path of mailingPaths) {
      expect((await signUps.post(path, { email: newEmail() })).status).toBe(204)
    }
  })

  test('mailed links work without a token', async () => {
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
    [{ TURNSTILE_REQUIRED_FOR: 'signup' }, 'one or more of sign-up, reset, login'],
    [{ TURNSTILE_VERIFY_URL: 'http://turnstile.test/x' }, 'TURNSTILE_VERIFY_URL must be https'],
    [{ TURNSTILE_AFTER_FAILURES: -1 }, 'TURNSTILE_AFTER_FAILURES'],
    [{ TURNSTILE_TIMEOUT: '11s' }, 'TURNSTILE_TIMEOUT must be at most 10s'],
    [{ TURNSTILE_FAIL_OPEN: 'allow' }, 'TURNSTILE_FAIL_OPEN'],
  ])('%j is an error', (vars, said) => {
    expect(settingsErrorOf(vars)).toContain(said)
  })
})
