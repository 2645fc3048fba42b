// An email with a link whose password changes between the moment it is queued and the moment it is sent.

import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { loggedIn, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

type Someone = Awaited<ReturnType<typeof loggedIn>>

const set = (api: Someone['api'], { access }: Someone, new_password: string) => {
  const sent = { current_password: password, new_password }
  return api.post('/auth/users/set_password/', sent, { token: access })
}

/** Requests a reset. Calls `before` before each round trip of its delivery. */
function askForReset({ email }: Someone, before: (statement: string) => void | Promise<void>) {
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    if (isDelivery(statements)) await before(statements[0] ?? '')
  })
  return client({ DB }).post('/auth/users/reset_password/', { email })
}

const cutOff = () => {
  throw new Error('Network connection lost.')
}

test('an email is sent if the password change that should have cancelled it failed', async () => {
  const someone = await loggedIn()
  const { api } = someone
  let trips = 0
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    trips += isDelivery(statements) ? 0 : 1
    if (trips !== 2) return
    trips++
    await set(api, someone, 'a flock of geese')
    await askForReset(someone, cutOff)
  })

  expect((await set(client({ DB }), someone, 'a heap of stones')).status).toBe(400)

  await cron()
  expect(await kinds(someone)).toContain('password_reset')
})

test('an email is not sent if the password changes after the email was claimed and before it was read', async () => {
  const someone = await loggedIn()
  let changed = 0

  await askForReset(someone, async (statement) => {
    if (!statement.startsWith('select') || changed) return
    changed = (await set(someone.api, someone, 'a flock of geese')).status
  })

  expect(changed).toBe(204)
  expect(await kinds(someone)).not.toContain('password_reset')
})

test('an email is not sent again if the password changed during a failed attempt', async () => {
  const someone = await loggedIn()
  let changed = 0

  await askForReset(someone, async (statement) => {
    if (!statement.startsWith('insert')) return
    changed ||= (await set(someone.api, someone, 'a flock of geese')).status
    cutOff()
  })

  expect(changed).toBe(204)
  const query = `select next_attempt_at, last_error from mail_outbox
    where user_id = ? and kind = 'password_reset'`
  const row = await env.DB.prepare(query).bind(someone.id).first()
  expect(row).toEqual({ next_attempt_at: null, last_error: 'superseded' })
  await cron()
  expect(await kinds(someone)).not.toContain('password_reset')
})

const kinds = async ({ api, email }: Someone): Promise<string[]> =>
  (await api.mail(email)).map(({ kind }: { kind: string }) => kind)

/** Runs the cron when a postponed email is due. */
const cron = () => {
  const scheduledTime = new Date(Date.now() + 120_000)
  return worker.scheduled(createScheduledController({ scheduledTime }), env)
}
