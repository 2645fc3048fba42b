import { describe, expect, test, vi } from 'vitest'
import { sendByResend } from '../../src/mail/resend.ts'

const options = { apiKey: 're_secret', baseUrl: 'http://resend.test', timeout: 5000 }
const message = { subject: 'Hello', text: 'https://app.test/link', html: '<p>Hello</p>' }
const now = new Date('2026-12-30T22:00:00Z')

const mailTo = (to: string) => ({
  id: crypto.randomUUID(),
  from: 'Gatehouse <no-reply@gatehouse.test>',
  to,
  message,
})
const send = (to: string) => sendByResend(options, mailTo(to), now)

interface Received {
  authorization: string
  body: object
}

async function received(key: string): Promise<Received[]> {
  const response = await fetch(`http://resend.test/_received?key=${key}`)
  return response.json()
}

describe('an email that Resend accepts', () => {
  test('is sent unchanged, with its id as the Idempotency-Key', async () => {
    const mail = mailTo('ada@example.com')

    const sent = await sendByResend(options, mail)

    expect(sent).toEqual({ sent: true, id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    const [request, ...more] = await received(mail.id)
    expect(more).toEqual([])
    expect(request?.authorization).toBe('Bearer re_secret')
    expect(request?.body).toEqual({
      from: 'Gatehouse <no-reply@gatehouse.test>',
      to: ['ada@example.com'],
      subject: 'Hello',
      text: 'https://app.test/link',
      html: '<p>Hello</p>',
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  })

  test('has the same id when it is sent again', async () => {
    const mail = mailTo('ada@example.com')

    const first = await sendByResend(options, mail)
    const second = await sendByResend(options, mail)

    expect(second).toEqual(first)
    expect(await received(mail.id)).toHaveLength(2)
  })

  test('counts as sent if its id was sent with another body', async () => {
    const mail = mailTo('ada@example.com')
    await sendByResend(options, mail)

    const sent = await sendByResend(options, { ...mail, message: { ...message, text: 'other' } })

    expect(sent).toEqual({ sent: true })
  })

  test('is accepted at the second attempt if the server failed at the first', async () => {
    const mail = mailTo('once-broken@example.com')

    expect(await sendByResend(options, mail)).toMatchObject({ sent: false, retry: true })
    expect(await sendByResend(options, mail)).toMatchObject({ sent: true })
  })
})

describe('an email that Resend rejects for now', () => {
  test.each([
    ['rate-limited', { after: 7, reason: 'rate_limit_exceeded 429' }],
    ['rate-limited-silently', { reason: 'rate_limit_exceeded 429' }],
    ['concurrent', { reason: 'concurrent_idempotent_requests 409' }],
    ['broken', { reason: 'internal_server_error 500' }],
    ['bad-gateway', { reason: 'application_error 502' }],
    ['unavailable', { after: 30, reason: 'unclear answer' }],
    ['nothing', { reason: 'unclear answer' }],
    ['hangs-up-midway', { reason: 'no answer' }],
    ['garbled', { reason: 'no answer' }],
  ])('%s: is sent again', async (local, rest) => {
    expect(await send(`${local}@example.com`)).toEqual({ sent: false, retry: true, ...rest })
  })

  test('over the daily quota: waits until tomorrow, whatever Retry-After says', async () => {
    expect(await send('over-daily-quota@example.com')).toEqual({
      sent: false,
      retry: true,
      after: 2 * 60 * 60,
      reason: 'daily_quota_exceeded 429',
    })
  })

  test('over the monthly quota: waits until the next month', async () => {
    expect(await send('over-monthly-quota@example.com')).toEqual({
      sent: false,
      retry: true,
      after: 26 * 60 * 60,
      reason: 'monthly_quota_exceeded 429',
    })
  })

  test('without an answer: is sent again after the timeout', async () => {
    const mail = mailTo('hangs@example.com')

    const sent = await sendByResend({ ...options, timeout: 100 }, mail)

    expect(sent).toEqual({ sent: false, retry: true, reason: 'timeout' })
    expect(await received(mail.id)).toHaveLength(1)
  })

  test('with half an answer: is sent again after the timeout', async () => {
    const sent = await sendByResend(
      { ...options, timeout: 100 },
      mailTo('hangs-midway@example.com'),
    )

    expect(sent).toEqual({ sent: false, retry: true, reason: 'timeout' })
  })

  test('to an unreachable host: is sent again', async () => {
    const unreachable = { ...options, baseUrl: 'unreachable://resend.test' }

    const sent = await sendByResend(unreachable, mailTo('ada@example.com'))

    expect(sent).toEqual({ sent: false, retry: true, reason: 'no answer' })
  })
})

describe('an email that Resend rejects for good', () => {
  test.each([
    ['refused', 'validation_error 422'],
    ['suspicious', 'security_error 451'],
    ['teapot', 'application_error 418'],
  ])('%s: is not sent again', async (local, reason) => {
    expect(await send(`${local}@example.com`)).toEqual({ sent: false, retry: false, reason })
  })
})

describe('an email that waits until the operator corrects a mistake', () => {
  test('a sender domain that is not verified', async () => {
    const sent = await send('forbidden@example.com')

    expect(sent).toEqual({ sent: false, retry: true, reason: 'validation_error 403' })
  })

  test('a key that Resend does not know', async () => {
    const sent = await sendByResend({ ...options, apiKey: 'wrong' }, mailTo('ada@example.com'))

    expect(sent).toEqual({ sent: false, retry: true, reason: 'invalid_api_key 401' })
  })
})

describe('the stored reason of a rejection', () => {
  test('has no recipient, even if Resend’s error has one', async () => {
    expect(await send('chatty@example.com')).toEqual({ sent: false, retry: false, reason: '422' })
  })

  test('does not contain a malformed key, which is sent nowhere', async () => {
    const mail = mailTo('ada@example.com')

    const sent = await sendByResend({ ...options, apiKey: 're_sécret' }, mail)

    expect(sent).toEqual({ sent: false, retry: true, reason: 'malformed key' })
    expect(await received(mail.id)).toEqual([])
  })

  test('is not logged by the SDK, even with its RESEND_DEBUG', async () => {
    const log = vi.spyOn(console, 'error')
    vi.stubEnv('RESEND_DEBUG', 'true')

    await send('refused@example.com')

    expect(process.env.RESEND_DEBUG).toBe('true')
    expect(log).not.toHaveBeenCalled()
    vi.unstubAllEnvs()
    log.mockRestore()
  })
})
