// Cloudflare Turnstile, the captcha: which requests require it, and how it is verified.

import type { Reader } from './env.ts'

const kinds = ['sign-up', 'reset', 'login'] as const

export function turnstileSettings(read: Reader) {
  /** The secret of your widget: [how](deploying.md#require-a-captcha-turnstile). Empty: no captcha is required. @django ours */
  const secretKey = read.text('TURNSTILE_SECRET_KEY', '', { secret: true })
  /** The requests that require a captcha; `reset` is every email that any client can ask for by an address. @django ours */
  const requiredFor = read.list('TURNSTILE_REQUIRED_FOR', [...kinds], { choices: [...kinds] })
  return {
    secretKey,
    requiredFor: secretKey === '' ? [] : requiredFor,
    /** Wrong passwords in a row before a login requires a captcha. 0: every login does. @django ours */
    afterFailures: read.integer('TURNSTILE_AFTER_FAILURES', 3, 0, 1000),
    /** Whether a request is served if Cloudflare does not answer. Otherwise it is 503. @django ours */
    failOpen: read.boolean('TURNSTILE_FAIL_OPEN', true),
    /** The server that verifies the tokens. It must be https. @django ours */
    verifyUrl: read.text(
      'TURNSTILE_VERIFY_URL',
      'https://challenges.cloudflare.com/turnstile/v0/siteverify',
    ),
    /** How long each of two attempts waits for it, 10 seconds at most. @django ours */
    timeout: read.duration('TURNSTILE_TIMEOUT', 3),
  }
}
