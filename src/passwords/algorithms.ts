// Which encoded passwords `hashers.ts` reads. It imports no hasher: the export to Django runs in Node, where that
// file's WebAssembly cannot be imported.

import { parseDigest } from './digests.ts'

/** The first part of what Django encodes. Bare digests have none. */
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

/** Whether a login can be decided by it. An unusable password (`!…`) decides it too. */
export function isReadable(encoded: string): boolean {
  if (encoded.startsWith('!')) return true
  const algorithm = algorithmOf(encoded)
  return algorithms.some((known) => known === algorithm) || parseDigest(encoded) !== undefined
}

/** The name by which Django looks up the hasher; empty if there is none. */
export const algorithmOf = (encoded: string) => /^([a-z0-9_]+)\$/.exec(encoded)?.[1] ?? ''
