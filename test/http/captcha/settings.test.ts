// The settings of the captcha.

import { describe, expect, test } from 'vitest'
import { captureLogs } from '../../support/logs.ts'
import { newEmail, newPerson } from '../../support/people.ts'
import { settingsErrorOf } from '../../support/production.ts'
import {
  countedApi as api,
  captchaFailed,
  captchaRequired,
  mailingPaths,
  newToken,
  verificationsOf,
  withToken,
} from '../../support/turnstile.ts'

const signUp = '/auth/users/'

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
    const message = settingsErrorOf({ TURNSTILE_SECRET_KEY: `${start}${'0'.repeat(31)}AA` })
    expect(message).toContain('TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests')
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

  test('calls no Turnstile without a secret, whatever the body has', async () => {
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
  ])('%j is an error', (vars, message) => {
    expect(settingsErrorOf(vars)).toContain(message)
  })
})
