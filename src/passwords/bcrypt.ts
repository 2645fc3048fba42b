// `bcrypt_sha256$$2b$12$…` and `bcrypt$$2b$12$…`, and `2a` and `2y` in place of `2b`: read, never written.

import { compareSync } from 'bcryptjs'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import type { Comparison } from './comparison.ts'
import { digestOf } from './digests.ts'

const form = /^(bcrypt|bcrypt_sha256)\$(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})$/

/**
 * One call, within the bounds of docs/decisions/027. Of a password for plain `bcrypt` the first 72 bytes count,
 * which is all that bcrypt knows.
 */
export function readBcrypt(encoded: string): Comparison | 'unsupported' {
  const [, algorithm, hash = '', cost] = form.exec(encoded) ?? []
  if (!algorithm) return 'unsupported'
  if (!isWithinLimit.bcrypt([Number(cost)])) return tooExpensive(`bcrypt with a cost of ${cost}`)
  const isHashedFirst = algorithm === 'bcrypt_sha256'
  return {
    isSlow: true,
    matches: async (password) =>
      compareSync(isHashedFirst ? await digestOf('sha256', '', password) : password, hash),
  }
}
