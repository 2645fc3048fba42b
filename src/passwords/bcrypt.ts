// Django's `bcrypt_sha256$$2b$12$…` and `bcrypt$$2b$12$…`, also with `2a` and `2y` in place of `2b`: read, never
// written.

import { compareSync } from 'bcryptjs'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import type { Comparison } from './comparison.ts'
import { digestOf } from './digests.ts'

const bcryptPattern = /^(bcrypt|bcrypt_sha256)\$(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})$/

/**
 * A comparison is one call, which cannot be sliced, so its cost is limited (docs/decisions/027). Plain `bcrypt` compares only
 * the first 72 bytes of a password, because bcrypt reads no more.
 */
export function readBcrypt(encoded: string): Comparison | 'unsupported' {
  const [, algorithm, hash = '', cost] = bcryptPattern.exec(encoded) ?? []
  if (!algorithm) return 'unsupported'
  if (!isWithinLimit.bcrypt([Number(cost)])) return tooExpensive(`bcrypt with a cost of ${cost}`)
  const isHashedFirst = algorithm === 'bcrypt_sha256'
  return {
    isSlow: true,
    matches: async (password) =>
      compareSync(isHashedFirst ? await digestOf('sha256', '', password) : password, hash),
  }
}
