// Tells from the stored form of Django's password whether a login can verify it. It computes no hash.

import { randomBytes } from 'node:crypto'
import { fromBase64 } from '../../src/encoding.ts'
import { algorithmOf, algorithms } from '../../src/passwords/algorithms.ts'
import { parseDigest } from '../../src/passwords/digests.ts'
import { isWithinLimit } from '../../src/settings/hash-limits.ts'

/**
 * - `readable`: a login can verify it.
 * - `unusable`: Django's mark for an account without a password, or a hash that a leading `!` locks.
 * - `none`: there is no password.
 * - `malformed`: a hash with the name of a supported hasher, but in another form.
 * - `expensive`: a hash that costs more than Gatehouse verifies (src/settings/hash-limits.ts).
 * - `unknown`: a hash of a hasher that Gatehouse does not support.
 * - `clear`: anything else. It may be the password itself.
 * - `locked`: such a text after a `!`.
 */
export type Verdict =
  | 'readable'
  | 'unusable'
  | 'none'
  | 'malformed'
  | 'expensive'
  | 'unknown'
  | 'clear'
  | 'locked'

export function judgePassword(encoded: string): Verdict {
  if (encoded === '' || isPlaceholder(encoded)) return 'none'
  if (encoded.startsWith('!')) return judgeLocked(encoded.slice(1))
  if (parseDigest(encoded)) return 'readable'
  const algorithm = algorithmOf(encoded)
  if (algorithms.some((known) => known === algorithm)) return judgeKnown(encoded)
  return isHash(encoded) ? 'unknown' : 'clear'
}

// Django writes 40 characters after its mark (UNUSABLE_PASSWORD_SUFFIX_LENGTH).
function judgeLocked(rest: string): Verdict {
  if (/^(?:[A-Za-z0-9]{40})?$/.test(rest)) return 'unusable'
  const verdict = judgePassword(rest)
  return verdict === 'clear' || verdict === 'locked' ? 'locked' : 'unusable'
}

/** A stored password that allows neither login nor reset, like Django's `make_password(None)`. */
export const unusable = '!'

const prefix = 'reset_required$'

/**
 * A stored password that replaces one that must not be stored. No password matches it, here or in Django. Unlike `!`, it
 * allows a reset by email.
 */
export const newPlaceholder = () => prefix + randomBytes(30).toString('base64url')

export const isPlaceholder = (encoded: unknown) => String(encoded).startsWith(prefix)

function judgeKnown(encoded: string): Verdict {
  for (const { pattern, isComplete, isAffordable } of forms) {
    const parts = pattern.exec(encoded)
    if (!parts) continue
    if (!isComplete(parts)) return 'malformed'
    return isAffordable(parts) ? 'readable' : 'expensive'
  }
  return 'malformed'
}

interface Form {
  pattern: RegExp
  isComplete: (parts: RegExpExecArray) => boolean
  isAffordable: (parts: RegExpExecArray) => boolean
}

const byteLength = (base64 = '') => fromBase64(base64)?.length ?? -1

/** The forms that the verifiers in `src/passwords` accept. A test compares the two. */
const forms: Form[] = [
  {
    pattern: /^pbkdf2_(sha1|sha256)\$(\d+)\$[^$]+\$([^$]+)$/,
    isComplete: ([, name, , hash]) => byteLength(hash) === (name === 'sha1' ? 20 : 32),
    isAffordable: ([, , rounds]) => isWithinLimit.pbkdf2([Number(rounds)]),
  },
  {
    pattern: /^(?:bcrypt|bcrypt_sha256)\$\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/,
    isComplete: () => true,
    isAffordable: ([, cost]) => isWithinLimit.bcrypt([Number(cost)]),
  },
  {
    pattern: /^scrypt\$(\d+)\$[^$]+\$(\d+)\$(\d+)\$([^$]+)$/,
    isComplete: ([, , , , hash]) => byteLength(hash) === 64,
    isAffordable: ([, N, r, p]) => isWithinLimit.scrypt([Number(N), Number(r), Number(p)]),
  },
  {
    pattern:
      /^argon2(?:_(?:md5|sha1|sha256)\$[^$]*\$argon2|\$argon2)(?:d|i|id)(?:\$v=(?:16|19))?\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/,
    isComplete: ([, , , , salt, hash]) => byteLength(salt) >= 8 && byteLength(hash) >= 4,
    isAffordable: ([, memory, time, lanes]) =>
      isWithinLimit.argon2([Number(memory), Number(time), Number(lanes)]),
  },
]

/**
 * Whether a text has the form of a hash: `name$…$digits`, or another system's `$2y$…` or `{SSHA}…`. A password may contain a
 * dollar sign too, so `digits` must be longer than a user would type.
 */
const isHash = (encoded: string) =>
  /^[a-z][a-z0-9_]*\$(?:.*\$)?(?:[0-9a-f]{16,}|[A-Za-z0-9+/=._-]{22,})$/i.test(encoded) ||
  /^\$[a-z0-9-]{1,16}\$.{20,}$/i.test(encoded) ||
  /^\{[A-Z0-9-]{2,16}\}[A-Za-z0-9+/=$]{20,}$/.test(encoded)
