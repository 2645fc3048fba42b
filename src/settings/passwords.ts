// The cost of password hashes, and the rules that reject passwords.

import { dummyHash } from './dummy-hash.ts'
import type { Reader } from './env.ts'

export const passwordSettings = (read: Reader, development: boolean) => ({
  // The minimum in production is OWASP's.
  argon2: {
    /** The memory of one hash in KiB. In development it may be as little as 8. @django ours */
    memory: read.integer('ARGON2_MEMORY_COST', 19_456, development ? 8 : 19_456, 65_536),
    /** The passes over that memory. In development one is enough. @django ours */
    time: read.integer('ARGON2_TIME_COST', 2, development ? 1 : 2, 10),
  },
  dummyPasswordHash: dummyHash(read),
  pwnedPasswords: {
    /**
     * Whether new passwords are looked up among those known from breaches, as pwned-passwords-django does
     * ([what differs](differences.md#a-password-from-a-breach-is-rejected)).
     * @django ours
     */
    enabled: read.boolean('PWNED_PASSWORDS', false),
    /** The server with that list. It must be https. @django ours */
    url: read.text('PWNED_PASSWORDS_URL', 'https://api.pwnedpasswords.com').replace(/\/$/, ''),
    /** How long Gatehouse waits for it, 10 seconds at most. @django ours */
    timeout: read.duration('PWNED_PASSWORDS_TIMEOUT', 1),
    /** Whether a password is accepted if the list does not answer. Otherwise the answer is 400. @django ours */
    failOpen: read.boolean('PWNED_PASSWORDS_FAIL_OPEN', true),
  },
})
