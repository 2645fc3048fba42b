// The captcha while Turnstile is unavailable, or rejects our request.

import { describe, expect, test } from 'vitest'
import { captureLogs } from '../../support/logs.ts'
import { newPerson, userOf } from '../../support/people.ts'
import {
  countedApi as api,
  captchaFailed,
  newToken,
  turnstile,
  verificationsOf,
  withToken,
} from '../../support/turnstile.ts'

const signUp = '/auth/users/'

const logged = captureLogs()

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
    '%s: is called again with the same key, and the request is let through',
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
