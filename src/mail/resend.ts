// Mail through Resend. Its SDK answers errors as values and knows neither a timeout nor a retry: both are
// decided here. A reason is kept and logged, so it names the error alone, never recipient, body or key.

import { type ErrorResponse, Resend } from 'resend'
import type { Message } from './render.tsx'

export type Sent =
  | { sent: true; id?: string }
  /** `after` is in seconds; without it the outbox decides when to try again. */
  | { sent: false; retry: boolean; after?: number; reason: string }

export interface ResendOptions {
  apiKey: string
  baseUrl?: string
  /** In milliseconds. */
  timeout: number
}

export interface Envelope {
  /** The Idempotency-Key: within a day, the same mail is sent once however often it is tried. */
  id: string
  from: string
  to: string
  message: Message
}

export async function sendByResend(
  options: ResendOptions,
  mail: Envelope,
  now = new Date(),
): Promise<Sent> {
  // Of a header that is not ASCII workerd warns in the log, with its value.
  if (!/^[!-~]+$/.test(options.apiKey)) return { sent: false, retry: true, reason: 'malformed key' }

  const signal = AbortSignal.timeout(options.timeout)
  const { subject, text, html } = mail.message

  const { data, error, headers } = await clientOf(options).emails.send(
    // RFC 3834: no out-of-office note answers a mail that says so.
    {
      from: mail.from,
      to: [mail.to],
      subject,
      text,
      html,
      headers: { 'Auto-Submitted': 'auto-generated' },
    },
    { idempotencyKey: mail.id, signal },
  )

  if (data) return { sent: true, id: data.id }
  if (signal.aborted) return { sent: false, retry: true, reason: 'timeout' }
  if (!headers) return { sent: false, retry: true, reason: 'no answer' }
  return refusal(error, headers['retry-after'], now)
}

function clientOf({ apiKey, baseUrl }: ResendOptions): Resend {
  // Given, so that the SDK does not read its own RESEND_BASE_URL from the environment.
  const client = new Resend(apiKey, { baseUrl: baseUrl ?? 'https://api.resend.com' })
  // With RESEND_DEBUG in the environment it would log Resend's sentences, and they name people.
  return Object.assign(client, { debug: false })
}

/** The error is JSON as the other side sent it, or the SDK's own for what was no JSON: nothing in it is sure. */
function refusal(
  error: Partial<ErrorResponse> | null,
  retryAfter: string | undefined,
  now: Date,
): Sent {
  const status = typeof error?.statusCode === 'number' ? error.statusCode : undefined
  const reason = reasonOf(error?.name, status)

  switch (error?.name) {
    // The key was used within the day for another body: that mail went out.
    case 'invalid_idempotent_request':
      return { sent: true }
    case 'concurrent_idempotent_requests':
      return { sent: false, retry: true, reason }
    case 'daily_quota_exceeded':
      return { sent: false, retry: true, after: secondsToTomorrow(now), reason }
    case 'monthly_quota_exceeded':
      return { sent: false, retry: true, after: secondsToNextMonth(now), reason }
  }

  // A key or a sender domain that is refused can be put right while the mail waits.
  const curable = status === 401 || status === 403 || status === 429
  const permanent = status !== undefined && status >= 400 && status < 500 && !curable
  if (permanent) return { sent: false, retry: false, reason }
  return { sent: false, retry: true, ...afterOf(retryAfter), reason }
}

function reasonOf(name: unknown, status: number | undefined): string {
  if (status === undefined) return 'unclear answer'
  return typeof name === 'string' && /^[a-z_]{1,50}$/.test(name) ? `${name} ${status}` : `${status}`
}

function afterOf(retryAfter: string | undefined): { after?: number } {
  return retryAfter && /^\d{1,5}$/.test(retryAfter) ? { after: Number(retryAfter) } : {}
}

function secondsToTomorrow(now: Date): number {
  return secondsTo(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1), now)
}

function secondsToNextMonth(now: Date): number {
  return secondsTo(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1), now)
}

function secondsTo(time: number, now: Date): number {
  return Math.ceil((time - now.getTime()) / 1000)
}
