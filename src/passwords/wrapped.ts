// `argon2_md5$<salt>$argon2id$v=19$…`, and of sha1 and sha256: a bare digest, hashed with argon2id in its turn, so
// that no row keeps what is guessed a billion times a second. cli/django/hashers.py reads it in Django.

import { type Argon2, type Cost, newSalt } from './argon2.ts'
import type { Comparison } from './comparison.ts'
import { type DigestName, digestOf, parseDigest } from './digests.ts'

const form = /^argon2_(md5|sha1|sha256)\$([^$]*)\$(argon2(?:d|i|id)\$.+)$/

// 16 characters of salt and 24 bytes of hash, so that it fits Django's column of 128 with the digest's own salt.
const size = { salt: 16, hash: 24 }

export const wrapped = (argon2: Argon2) => ({
  /** Wraps a bare digest; answers every other kind of hash as it is. */
  wrap(encoded: string, cost: Cost): string {
    const digest = parseDigest(encoded)
    if (!digest) return encoded
    const hash = argon2.hash(digest.hex, cost, newSalt().slice(0, size.salt), size.hash)
    return hash.replace(/^argon2\$/, () => `argon2_${digest.name}$${digest.salt}$`)
  },

  read(encoded: string): Comparison | 'unsupported' {
    const [, name, salt = '', inner] = form.exec(encoded) ?? []
    if (!name) return 'unsupported'
    const outer = argon2.read(`argon2$${inner}`)
    if (outer === 'unsupported') return outer
    const { isSlow, matches } = outer
    return {
      isSlow,
      matches: async (password, pause) =>
        matches(await digestOf(name as DigestName, salt, password), pause),
    }
  },
})
