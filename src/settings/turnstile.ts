// Cloudflare Turnstile, which tells people from scripts: of which requests it is asked, and how.

import type { Settings } from '../settings.ts'
import { isTrustworthy, type readVariables } from './env.ts'

/** What TURNSTILE_ON may name. */
const kinds = ['sign-up', 'reset', 'log-in']

export function turnstile(read: ReturnType<typeof readVariables>) {
  const secretKey = read.text('TURNSTILE_SECRET_KEY', '', { secret: true })
  const on = read.list('TURNSTILE_ON', kinds, { from: kinds })
  return {
    secretKey,
    on: secretKey === '' ? [] : on,
    /** Failed log-ins that are let pass before one wants a token; 0 for none. */
    afterFailures: read.integer('TURNSTILE_AFTER_FAILURES', 3, 0, 1000),
    /** What a request is where Turnstile gives no verdict: let through, or 503. */
    failOpen: read.boolean('TURNSTILE_FAIL_OPEN', true),
    verifyUrl: read.text(
      'TURNSTILE_VERIFY_URL',
      'https://challenges.cloudflare.com/turnstile/v0/siteverify',
    ),
    timeout: read.duration('TURNSTILE_TIMEOUT', 3),
  }
}

/** Cloudflare's own, which let everybody in or nobody. */
const forTests = /^[123]x0{31}AA$/

export function turnstileMisfits({ turnstile, rates, development }: Settings): string[] {
  const { secretKey, verifyUrl, on, afterFailures, timeout } = turnstile
  return [
    ...(timeout > 10
      ? ['TURNSTILE_TIMEOUT is longer than 10 seconds; it wants less, since people wait for it']
      : []),
    ...(/[^\x21-\x7e]/.test(secretKey)
      ? ['TURNSTILE_SECRET_KEY holds a character that no key has; it wants your widget’s']
      : []),
    ...(!development && forTests.test(secretKey)
      ? ['TURNSTILE_SECRET_KEY is one of Cloudflare’s for tests; it wants your widget’s']
      : []),
    ...(on.includes('log-in') && afterFailures > 0 && !rates.logIn
      ? ['TURNSTILE_ON holds log-in; it wants THROTTLE_LOGIN, which counts the failures']
      : []),
    ...(isTrustworthy(verifyUrl, development)
      ? []
      : ['TURNSTILE_VERIFY_URL wants https and no password: the secret goes there']),
  ]
}
