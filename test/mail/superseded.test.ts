// An email with a link, whose user changes the password after the email is queued and before it is sent.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { loggedIn, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

type User = Awaited<ReturnType<typeof loggedIn>>

const setPassword = (api: User['api'], { access }: User, new_password: string) => {
  const sent = { current_password: password, new_password }
  return api.post('/auth/users/set_password/', sent, { token: access })
}

/** Requests a reset. Calls `before` before each round trip of its delivery. */
function requestReset({ email }: User, before: (statement: string) => void | Promise<void>) {
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    if (isDelivery(statements)) await before(statements[0] ?? '')
  })
  return client({ DB }).post('/auth/users/reset_password/', { email })
}

const loseConnection = () => {
  throw new Error('Network connection lost.')
}

test('an email is sent if the password change that should have cancelled it failed', async () => {
  const user = await loggedIn()
  const { api } = user
  let trips = 0
  const DB = beforeRoundTrip(env.DB, async (statements) => {
    trips += isDelivery(statements) ? 0 : 1
    if (trips !== 2) return
    trips++
    await setPassword(api, user, 'a flock of geese')
    await requestReset(user, loseConnection)
  })

  expect((await setPassword(client({ DB }), user, 'a heap of stones')).status).toBe(400)

  await cron()
  expect(await kindsSent(user)).toContain('password_reset')
})

test('an email is not sent if the password changes after the email was claimed and before it was read', async () => {
  const user = await loggedIn()
  let changed = 0

  await requestReset(user, async (statement) => {
    if (!statement.startsWith('select') || changed) return
    changed = (await setPassword(user.api, user, 'a flock of geese')).status
  })

  expect(changed).toBe(204)
  expect(await kindsSent(user)).not.toContain('password_reset')
})

test('an email is not sent again if the password changed during a failed attempt', async () => {
  const user = await loggedIn()
  let changed = 0

  await requestReset(user, async (statement) => {
    if (!statement.startsWith('insert')) return
    changed ||= (await setPassword(user.api, user, 'a flock of geese')).status
    loseConnection()
  })

  expect(changed).toBe(204)
  const query = `select next_attempt_at, last_error from mail_outbox
    where user_id = ? and kind = 'password_reset'`
  const row = await env.DB.prepare(query).bind(user.id).first()
  expect(row).toEqual({ next_attempt_at: null, last_error: 'superseded' })
  await cron()
  expect(await kindsSent(user)).not.toContain('password_reset')
})

const kindsSent = async ({ api, email }: User): Promise<string[]> =>
  (await api.mail(email)).map(({ kind }: { kind: string }) => kind)

/** Runs the cron when a postponed email is due. */
const cron = () => {
  const scheduledTime = new Date(Date.now() + 120_000)
  return worker.scheduled(
    createScheduledController({ scheduledTime }),
    env,
    createExecutionContext(),
  )
}
