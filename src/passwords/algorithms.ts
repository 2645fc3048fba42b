// The encoded passwords that `hashers.ts` reads. This file imports no hasher: the export to Django runs in Node, which cannot
// import the WebAssembly of hashers.ts.

import { parseDigest } from './digests.ts'

/** The algorithm names at the start of Django's encoded passwords. Bare digests have no name. */
export const algorithms = [
  'argon2',
  'argon2_md5',
  'argon2_sha1',
  'argon2_sha256',
  'bcrypt',
  'bcrypt_sha256',
  'pbkdf2_sha1',
  'pbkdf2_sha256',
  'scrypt',
] as const

export type Algorithm = (typeof algorithms)[number]

/** Whether a login with this hash has a definite result. An unusable password (`!…`) counts, because it always fails. */
export function isReadable(encoded: string): boolean {
  if (encoded.startsWith('!')) return true
  const algorithm = algorithmOf(encoded)
  return algorithms.some((known) => known === algorithm) || parseDigest(encoded) !== undefined
}

/** The name by which Django looks up the hasher; empty if there is none. */
export const algorithmOf = (encoded: string) => /^([a-z0-9_]+)\$/.exec(encoded)?.[1] ?? ''
