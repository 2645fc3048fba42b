// MAIL_HOURLY_LIMIT: how many emails of sign-ups the whole site sends in an hour, to unverified addresses.

import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { stopClock, wait } from '../support/clock.ts'
import { newEmail, password, person } from '../support/people.ts'
import { dropFirstResponse, open } from '../support/throttling.ts'

beforeEach(async () => {
  await env.DB.prepare('delete from mail_outbox').run()
  stopClock()
})
afterEach(() => void vi.useRealTimers())

const vars = { ...open, MAIL_HOURLY_LIMIT: 3, THROTTLE_SIGN_UP: '' }

const signUp = (email = newEmail(), more = {}) =>
  client({ ...vars, ...more }).post('/auth/users/', {
    ...{ email, username: email, password },
    ...{ first_name: 'Ada', last_name: 'Lovelace' },
  })

const idOf = (email: string) =>
  env.DB.prepare('select id from users where email = ?').bind(email).first('id')

test('answers 429 to a sign-up over the limit, and creates neither account nor email, until the hour allows one', async () => {
  for (const _ of [1, 2, 3]) {
    expect((await signUp()).status).toBe(201)
    wait(600)
  }
  const email = newEmail()
  const { status, body, headers } = await signUp(email)

  expect([status, headers.get('retry-after')]).toEqual([429, '1800'])
  expect(body).toEqual({
    detail: 'Request was throttled. Expected available in 1800 seconds.',
  })
  expect(await idOf(email)).toBeNull()
  wait(1800)
  expect((await signUp(email)).status).toBe(201)
  expect((await signUp()).status).toBe(429)
})

test('accepts three of 20 parallel sign-ups', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => signUp()))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(17)
})

test('creates one account if the answer is lost and the sign-up is repeated, even for the last one of the hour', async () => {
  for (const _ of [1, 2]) await signUp()
  expect((await signUp(newEmail(), { DB: dropFirstResponse() })).status).toBe(201)
  expect((await signUp()).status).toBe(429)
})

test('limits neither resets nor sign-ups that send no email', async () => {
  const { email } = await person({ ...vars, MAIL_HOURLY_LIMIT: 0 })
  for (const _ of [1, 2, 3]) await signUp()
  expect((await signUp()).status).toBe(429)

  await client(vars).post('/auth/users/reset_password/', { email })

  const kinds = 'select kind from mail_outbox where recipient = ? order by created_at'
  const { results } = await env.DB.prepare(kinds).bind(email).all()
  expect(results).toContainEqual({ kind: 'password_reset' })
  const silent = { SEND_ACTIVATION_EMAIL: false, SEND_CONFIRMATION_EMAIL: false }
  expect((await signUp(newEmail(), silent)).status).toBe(201)
})

test('counts the confirmation of a sign-up that needs no activation', async () => {
  const confirmed = { SEND_ACTIVATION_EMAIL: false, SEND_CONFIRMATION_EMAIL: true }
  for (const _ of [1, 2, 3]) expect((await signUp(newEmail(), confirmed)).status).toBe(201)
  expect((await signUp(newEmail(), confirmed)).status).toBe(429)
})

test('limits nothing if it is 0', async () => {
  const none = { MAIL_HOURLY_LIMIT: 0 }
  for (const _ of [1, 2, 3, 4, 5]) expect((await signUp(newEmail(), none)).status).toBe(201)
})
