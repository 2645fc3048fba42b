// An email from its row to Resend, over HTTP. test/fakes/resend.ts answers by the recipient's name.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { password } from '../support/people.ts'

const resend = {
  ENVIRONMENT: 'production',
  ARGON2_MEMORY_COST: 19_456,
  ARGON2_TIME_COST: 2,
  RESEND_API_KEY: 're_of_the_tests',
  RESEND_BASE_URL: 'https://resend.test',
  RESEND_TIMEOUT: 1,
  DEFAULT_FROM_EMAIL: 'Example <accounts@example.com>',
  PENDING_USER_RETENTION: 0, // Keep the account: deleting it deletes the email.
}
const minute = 60_000
let count = 0

describe('an email that Resend accepts', () => {
  test('is sent once, under the row’s id, with the right sender and recipient', async () => {
    const row = await signUp('ada')

    expect(row).toMatchObject({ kind: 'activation', attempts: 1, next_attempt_at: null })
    expect(row.sent_at).not.toBeNull()
    expect(row.provider_id).not.toBeNull()
    const [mail, ...more] = await received(row)
    expect(more).toEqual([])
    expect(mail?.body).toMatchObject({
      from: 'Example <accounts@example.com>',
      to: [row.recipient],
      subject: 'Account activation on auth.test',
    })
    expect(mail?.body.text).toContain('https://auth.test/activate/?uid=')
  })

  test('has neither token nor body in its row', async () => {
    const row = await signUp('ada')

    const [mail] = await received(row)
    const [, token = ''] = /token=([\w-]+)/.exec(mail?.body.text ?? '') ?? []
    expect(token).not.toBe('')
    expect(JSON.stringify(row)).not.toContain(token)
  })
})

describe('an email that Resend rejects for now', () => {
  test.each([
    ['once-broken', 'internal_server_error 500', 0.5],
    ['once-rate-limited', 'rate_limit_exceeded 429', undefined],
    ['once-concurrent', 'concurrent_idempotent_requests 409', 0.5],
    ['once-forbidden', 'validation_error 403', 0.5],
  ])(
    '%s: waits until the cron sends the same body under the same key',
    async (name, reason, pause) => {
      const row = await signUp(name)

      expect(row).toMatchObject({ sent_at: null, attempts: 1, last_error: reason })
      if (pause) expect(row.next_attempt_at - row.created_at).toBe(pause * minute)
      await cron(row.next_attempt_at)

      const sent = await rowTo(row.recipient)
      expect(sent).toMatchObject({ attempts: 2, next_attempt_at: null, last_error: null })
      expect(sent.sent_at).not.toBeNull()
      const [first, second] = await received(row)
      expect(second?.body).toEqual(first?.body)
    },
  )

  test('waits for an answer for RESEND_TIMEOUT', async () => {
    const row = await signUp('hangs')

    expect(row).toMatchObject({ sent_at: null, last_error: 'timeout' })
    // No later test may wait for it.
    await env.DB.prepare('delete from mail_outbox where id = ?').bind(row.id).run()
  })

  test('is abandoned after twelve attempts, and its row says so', async () => {
    let row = await signUp('broken')
    const times = [row.created_at]
    while (row.next_attempt_at) {
      times.push(row.next_attempt_at)
      await cron(row.next_attempt_at)
      row = await rowTo(row.recipient)
    }

    expect(row).toMatchObject({
      attempts: 12,
      sent_at: null,
      last_error: 'failed: internal_server_error 500',
    })
    // Resend remembers an Idempotency-Key for a day.
    expect((times.at(-1) ?? 0) - row.created_at).toBeLessThan(24 * 60 * minute)
  })
})

describe('an email that will not be sent', () => {
  test('is not sent again if Resend rejects it for good', async () => {
    expect(await signUp('refused')).toMatchObject({
      attempts: 1,
      next_attempt_at: null,
      sent_at: null,
      last_error: 'failed: validation_error 422',
    })
  })

  test('counts as sent if Resend received another body under its key', async () => {
    const row = await signUp('used-key')

    expect(row).toMatchObject({ next_attempt_at: null, last_error: null })
    expect(row.sent_at).not.toBeNull()
  })

  test('is not sent after its link has expired', async () => {
    const row = await signUp('once-broken')
    const late = row.created_at + 3 * 24 * 60 * minute + 1
    await cron(late)

    expect(await rowTo(row.recipient)).toMatchObject({
      sent_at: null,
      next_attempt_at: null,
      last_error: 'failed: its link has expired',
    })
    expect(await received(row)).toHaveLength(1)
  })
})

describe('the cron', () => {
  test('sends an email once if it runs twice at once', async () => {
    const row = await signUp('once-broken')

    await Promise.all([cron(row.next_attempt_at), cron(row.next_attempt_at)])

    expect(await received(row)).toHaveLength(2)
  })

  test('deletes an email 30 days after it was queued', async () => {
    const row = await signUp('ada')
    const month = 30 * 24 * 60 * minute

    await cron(row.created_at + month - minute)
    expect(await rowTo(row.recipient)).not.toBeNull()
    await cron(row.created_at + month)

    expect(await rowTo(row.recipient)).toBeNull()
  })
})

interface Row {
  id: string
  recipient: string
  created_at: number
  next_attempt_at: number
  sent_at: number | null
  [column: string]: unknown
}

async function signUp(name: string): Promise<Row> {
  const email = `${name}+${Date.now()}${count++}@example.com`
  const user = { email, password, first_name: 'Ada', last_name: 'Lovelace' }
  const { status } = await client(resend).post('/auth/users/', user)
  expect(status).toBe(201)
  return rowTo(email)
}

async function rowTo(address: string): Promise<Row> {
  const query = 'select * from mail_outbox where recipient = ?'
  return (await env.DB.prepare(query).bind(address).first()) as Row
}

const cron = (at: number) =>
  worker.scheduled(
    createScheduledController({ scheduledTime: new Date(at) }),
    {
      ...env,
      ...resend,
    },
    createExecutionContext(),
  )

async function received(row: Row): Promise<{ body: Record<string, string> }[]> {
  const response = await fetch(`http://resend.test/_received?key=${encodeURIComponent(row.id)}`)
  return response.json()
}
