// Whether new passwords are looked up among those known from breaches, where, and what if nothing answers.

import type { readEnv } from './env.ts'

export const pwnedPasswords = (read: ReturnType<typeof readEnv>) => ({
  enabled: read.boolean('PWNED_PASSWORDS', false),
  url: read.text('PWNED_PASSWORDS_URL', 'https://api.pwnedpasswords.com').replace(/\/$/, ''),
  timeout: read.duration('PWNED_PASSWORDS_TIMEOUT', 1),
  failOpen: read.boolean('PWNED_PASSWORDS_FAIL_OPEN', true),
})
