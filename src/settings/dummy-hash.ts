// DUMMY_PASSWORD_HASH names a hasher and its cost, such as "pbkdf2_sha256$600000". The password of an unknown user is
// compared with a hash of that kind, which no password has.

import { toBase64 } from '../encoding.ts'
import type { Reader } from './env.ts'
import { isWithinLimit } from './hash-limits.ts'

/** The base64 of zero bytes, which are the hash of no password. */
const zeros = (bytes: number) => toBase64(new Uint8Array(bytes))
const unpadded = (bytes: number) => zeros(bytes).replace(/=+$/, '')
const salt = 'a'.repeat(22)

export const hashKinds = [
  {
    pattern: /^argon2\$m=(\d+),t=(\d+),p=(\d+)$/,
    isAllowed: isWithinLimit.argon2,
    sample: ([m, t, p]: string[]) =>
      `argon2$argon2id$v=19$m=${m},t=${t},p=${p}$${unpadded(16)}$${unpadded(32)}`,
  },
  {
    pattern: /^pbkdf2_sha256\$(\d+)$/,
    isAllowed: isWithinLimit.pbkdf2,
    sample: ([rounds]: string[]) => `pbkdf2_sha256$${rounds}$${salt}$${zeros(32)}`,
  },
  {
    pattern: /^pbkdf2_sha1\$(\d+)$/,
    isAllowed: isWithinLimit.pbkdf2,
    sample: ([rounds]: string[]) => `pbkdf2_sha1$${rounds}$${salt}$${zeros(20)}`,
  },
  {
    pattern: /^bcrypt(?:_sha256)?\$(\d\d)$/,
    isAllowed: isWithinLimit.bcrypt,
    sample: ([cost]: string[]) => `bcrypt_sha256$$2b$${cost}$${'.'.repeat(53)}`,
  },
  {
    pattern: /^scrypt\$(\d+)\$(\d+)\$(\d+)$/,
    isAllowed: isWithinLimit.scrypt,
    sample: ([N, r, p]: string[]) => `scrypt$${N}$${salt}$${r}$${p}$${zeros(64)}`,
  },
]

/** The encoded hash to compare with; empty for argon2 at its present cost. */
export function dummyHash(read: Reader): string {
  /**
   * The hasher and cost that an unknown user costs, while most rows have an imported hash
   * ([when](differences.md#an-imported-hash-takes-its-own-time)). Empty: argon2 at its present cost.
   * @django ours
   */
  const hash = read.form('DUMMY_PASSWORD_HASH', must, sampleOf)
  return hash ?? ''
}

const must =
  'a hasher and an allowed cost, such as "pbkdf2_sha256$600000" or "argon2$m=102400,t=2,p=8"'

function sampleOf(named: string): string | undefined {
  for (const { pattern, isAllowed, sample } of hashKinds) {
    const [, ...costs] = pattern.exec(named) ?? []
    if (costs.length > 0 && isAllowed(costs.map(Number))) return sample(costs)
  }
  return undefined
}
