// The responses and the log while the settings are invalid.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { anyUuid, spyOnErrors } from '../support/logs.ts'
import { newEmail, password } from '../support/people.ts'
import { inProduction } from '../support/production.ts'
import { turnstile, withToken } from '../support/turnstile.ts'

afterEach(() => vi.restoreAllMocks())

describe('while the settings are invalid', () => {
  const wrong = { ACCESS_TOKEN_LIFETIME: 'soon', SECRET_KEY: 'hunter-2', HIDE_USERS: 'maybe' }
  const detail =
    'SECRET_KEY has 8 bytes; it must be 32 random bytes or more. ' +
    'HIDE_USERS is "maybe"; it must be true or false. ' +
    'ACCESS_TOKEN_LIFETIME is "soon"; it must be a duration, such as 300, "5m", "12h" or "1d".'
  const paths = ['/', '/healthz/', '/auth/users/me/', '/activate/', '/nowhere/']

  test('in development every response lists all errors, and the log does too', async () => {
    const errors = spyOnErrors()
    for (const path of paths) {
      const answer = await client(wrong).get(path)
      expect(answer.body).toEqual({ detail })
      expect(answer.status).toBe(500)
      expect(answer.headers.get('content-type')).toBe('application/json')
    }
    expect(errors).toHaveBeenCalledTimes(5)
    const line = { message: 'invalid settings', request_id: anyUuid, cause: detail }
    expect(errors).toHaveBeenCalledWith(line)
  })

  test.each(['production', undefined, 'Development'])(
    'with ENVIRONMENT %s only the log lists them, under the request id of the response',
    async (ENVIRONMENT) => {
      const errors = spyOnErrors()
      const api = client({ ...inProduction, ...wrong, ENVIRONMENT })
      for (const path of paths) {
        const answer = await api.get(path)
        expect(answer.body).toEqual({ detail: 'A server error occurred.', request_id: anyUuid })
        expect(answer.status).toBe(500)
        expect(answer.headers.get('content-type')).toBe('application/json')
        const [line] = errors.mock.lastCall ?? []
        expect(line.request_id).toBe(answer.body.request_id)
        expect(line.cause).toContain(detail.split('. ')[0])
        expect(line.cause).not.toContain('hunter-2')
      }
    },
  )

  test('no client sees that a key is unusable or that Turnstile rejects the secret', async () => {
    spyOnErrors()
    const key = await client({ ...inProduction, SIGNING_KEYS: '{"not": "keys"}' }).get('/')
    expect([key.status, key.body.detail]).toEqual([500, 'A server error occurred.'])
    const secret = { ...turnstile, TURNSTILE_SECRET_KEY: 'nobody-knows-it' }
    const person = { first_name: 'Ada', last_name: 'Lovelace', email: newEmail(), password }
    const sent = { ...person, ...withToken() }
    const signUp = await client({ ...inProduction, ...secret }).post('/auth/users/', sent)
    expect([signUp.status, signUp.body.detail]).toEqual([500, 'A server error occurred.'])
  })

  test('development without PUBLIC_URL says how to start', async () => {
    spyOnErrors()
    const { body } = await client({ PUBLIC_URL: undefined }).get('/')
    expect(body.detail).toBe(
      'PUBLIC_URL is missing; it must be the origin that clients use, ' +
        'such as "https://auth.example.com" (to develop: npm run dev).',
    )
  })
})
