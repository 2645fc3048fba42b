// Which encoded passwords `hashers.ts` reads, told without any hasher: tools run where its WebAssembly does
// not.

import { parseDigest } from './digests.ts'

/** The first part of what Django encodes; bare digests have none. */
export const algorithms = [
  ...(['argon2', 'argon2_md5', 'argon2_sha1', 'argon2_sha256', 'bcrypt', 'bcrypt_sha256'] as const),
  ...(['pbkdf2_sha1', 'pbkdf2_sha256', 'scrypt'] as const),
] as const

export type Algorithm = (typeof algorithms)[number]

/** Whether a log-in can be decided; that of an account without a password (`!…`) is. */
export function isReadable(encoded: string): boolean {
  if (encoded.startsWith('!')) return true
  const algorithm = algorithmOf(encoded)
  return algorithms.some((known) => known === algorithm) || parseDigest(encoded) !== undefined
}

/** What Django would look the hasher up by. */
export const algorithmOf = (encoded: string) => /^([a-z0-9_]+)\$/.exec(encoded)?.[1] ?? ''
