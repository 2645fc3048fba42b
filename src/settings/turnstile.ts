// Cloudflare Turnstile, which tells people from scripts: of which requests it is asked, and how.

import type { readEnv } from './env.ts'

/** What TURNSTILE_REQUIRED_FOR may name. */
const kinds = ['sign-up', 'reset', 'login']

export function turnstile(read: ReturnType<typeof readEnv>) {
  const secretKey = read.text('TURNSTILE_SECRET_KEY', '', { secret: true })
  const requiredFor = read.list('TURNSTILE_REQUIRED_FOR', kinds, { choices: kinds })
  return {
    secretKey,
    on: secretKey === '' ? [] : requiredFor,
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
