// Whether new passwords are looked up among those known from breaches, where, and what if nothing answers.

import type { readVariables } from './env.ts'

export const pwnedPasswords = (read: ReturnType<typeof readVariables>) => ({
  enabled: read.boolean('PWNED_PASSWORDS', false),
  url: read.text('PWNED_PASSWORDS_URL', 'https://api.pwnedpasswords.com').replace(/\/$/, ''),
  timeout: read.duration('PWNED_PASSWORDS_TIMEOUT', 1),
  onFailure: read.choice('PWNED_PASSWORDS_ON_FAILURE', ['allow', 'refuse'], 'allow'),
})
