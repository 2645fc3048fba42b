// Keys are read once for each settings object, and the time when each begins to sign is compared at each use.

import { decodeProtectedHeader } from 'jose'
import { expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt, pass } from '../support/clock.ts'
import { newKey, setOf } from '../support/key-sets.ts'
import { quietErrors } from '../support/logs.ts'
import { loggedIn, logIn } from '../support/people.ts'

quietErrors()
clockAt(new Date('2027-01-31T12:00:00Z'))

const [first, second] = [await newKey('ES256'), await newKey('ES256', '2027-01-31T14:00:00Z')]
const vars = { SIGNING_KEY: '', SIGNING_KEYS: setOf(first, second) }

const kidOf = (token: string) => decodeProtectedHeader(token).kid

test('a key that begins later signs once its time has come, in a Worker that has signed before', async () => {
  const { api, email } = await loggedIn(vars)
  const before = await logIn(api, { email })
  pass({ hours: 3 })
  const after = await logIn(api, { email })

  expect([kidOf(before.body.access), kidOf(after.body.access)]).toEqual([first.kid, second.kid])
  const verify = await api.post('/auth/jwt/verify/', { token: before.body.refresh })
  expect(verify.status).toBe(200)
})

test('a Worker without a key that has begun answers once one begins', async () => {
  const api = client({ SIGNING_KEY: '', SIGNING_KEYS: setOf(second) })
  expect((await api.get('/healthz')).status).toBe(500)
  pass({ hours: 3 })
  expect((await api.get('/healthz')).status).toBe(200)
})
