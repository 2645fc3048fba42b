// `argon2_md5$<salt>$argon2id$v=19$…`, and the same with sha1 and sha256: a bare digest that was hashed once more, with
// argon2id. So no row keeps a bare digest, for which an attacker can try a billion passwords a second. In Django,
// cli/django/hashers.py reads this form.

import { type Argon2, type Cost, newSalt } from './argon2.ts'
import type { Comparison } from './comparison.ts'
import { type DigestName, digestOf, parseDigest } from './digests.ts'

const wrappedPattern = /^argon2_(md5|sha1|sha256)\$([^$]*)\$(argon2(?:d|i|id)\$.+)$/

/**
 * Characters of salt and bytes of hash. With the digest's own salt they still fit Django's column of 128 characters.
 */
const size = { salt: 16, hash: 24 }

export const wrapped = (argon2: Argon2) => ({
  /** Wraps a bare digest. Returns every other kind of hash unchanged. */
  wrap(encoded: string, cost: Cost): string {
    const digest = parseDigest(encoded)
    if (!digest) return encoded
    const hash = argon2.hash(digest.hex, cost, newSalt().slice(0, size.salt), size.hash)
    return hash.replace(/^argon2\$/, () => `argon2_${digest.name}$${digest.salt}$`)
  },

  read(encoded: string): Comparison | 'unsupported' {
    const [, name, salt = '', inner] = wrappedPattern.exec(encoded) ?? []
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
