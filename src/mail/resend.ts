// Sends an email by Resend's SDK, which returns errors as values and has neither timeouts nor retries: both are decided
// here. A reason is stored and logged, so it names only the error, never recipient, body or key.

import { type ErrorResponse, Resend } from 'resend'
import type { Message } from './render.tsx'

export type SendResult =
  | { sent: true; id?: string }
  /** `after`: seconds until the next attempt; without it, the outbox decides. */
  | { sent: false; retry: boolean; after?: number; reason: string }

export interface ResendOptions {
  apiKey: string
  baseUrl?: string
  /** Milliseconds. */
  timeout: number
}

export interface Envelope {
  /** The Idempotency-Key: Resend sends an email once, however often it is tried within a day. */
  id: string
  from: string
  to: string
  message: Message
}

export async function sendByResend(
  options: ResendOptions,
  mail: Envelope,
  now = new Date(),
): Promise<SendResult> {
  // workerd logs the value of a header that is not ASCII.
  if (!/^[!-~]+$/.test(options.apiKey)) return { sent: false, retry: true, reason: 'malformed key' }

  const signal = AbortSignal.timeout(options.timeout)
  const { subject, text, html } = mail.message

  const { data, error, headers } = await clientOf(options).emails.send(
    // RFC 3834: this header prevents out-of-office replies.
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
  return resultOfError(error, headers['retry-after'], now)
}

function clientOf({ apiKey, baseUrl }: ResendOptions): Resend {
  // An explicit URL, so that the SDK does not read RESEND_BASE_URL from the environment.
  const client = new Resend(apiKey, { baseUrl: baseUrl ?? 'https://api.resend.com' })
  // With RESEND_DEBUG in the environment, the SDK would log Resend's messages, which can name users.
  return Object.assign(client, { debug: false })
}

/** @param error JSON as the server sent it, or the SDK's own error if it was not JSON: any part may be missing or wrong */
function resultOfError(
  error: Partial<ErrorResponse> | null,
  retryAfter: string | undefined,
  now: Date,
): SendResult {
  const status = typeof error?.statusCode === 'number' ? error.statusCode : undefined
  const reason = reasonOf(error?.name, status)

  switch (error?.name) {
    // The key was used within a day for another body, and that email was sent.
    case 'invalid_idempotent_request':
      return { sent: true }
    case 'concurrent_idempotent_requests':
      return { sent: false, retry: true, reason }
    case 'daily_quota_exceeded':
      return { sent: false, retry: true, after: secondsToTomorrow(now), reason }
    case 'monthly_quota_exceeded':
      return { sent: false, retry: true, after: secondsToNextMonth(now), reason }
  }

  // The operator can correct a rejected key or sender domain while the email waits.
  const isTemporary = status === 401 || status === 403 || status === 429
  const isPermanent = status !== undefined && status >= 400 && status < 500 && !isTemporary
  if (isPermanent) return { sent: false, retry: false, reason }
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
