// What a login can do with a password as Django stored it, known without hashing anything.

import { randomBytes } from 'node:crypto'
import { fromBase64 } from '../../src/encoding.ts'
import { algorithmOf, algorithms } from '../../src/passwords/algorithms.ts'
import { parseDigest } from '../../src/passwords/digests.ts'
import { isWithinLimit } from '../../src/settings/hash-limits.ts'

/**
 * `unusable`: Django's own mark of an account without a password, or a hash that `!` locks. `unknown`: a hash, by a
 * hasher that is not read here. `clear`: anything else, so that it may be the password itself; `locked`: after a `!`.
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

/** No login, and no reset, as of Django's `make_password(None)`. */
export const unusable = '!'

const prefix = 'reset_required$'

/**
 * In place of a password that must not be stored: no password verifies, here and in Django, and other
 * than with `!` a reset by email is possible.
 */
export const newPlaceholder = () => prefix + randomBytes(30).toString('base64url')

export const isPlaceholder = (encoded: unknown) => String(encoded).startsWith(prefix)

function judgeKnown(encoded: string): Verdict {
  for (const { form, isWhole, isPaid } of forms) {
    const parts = form.exec(encoded)
    if (!parts) continue
    if (!isWhole(parts)) return 'malformed'
    return isPaid(parts) ? 'readable' : 'expensive'
  }
  return 'malformed'
}

interface Form {
  form: RegExp
  isWhole: (parts: RegExpExecArray) => boolean
  isPaid: (parts: RegExpExecArray) => boolean
}

const bytesIn = (base64 = '') => fromBase64(base64)?.length ?? -1

/** As the verifiers of `src/passwords` read them, which a test compares. */
const forms: Form[] = [
  {
    form: /^pbkdf2_(sha1|sha256)\$(\d+)\$[^$]+\$([^$]+)$/,
    isWhole: ([, name, , hash]) => bytesIn(hash) === (name === 'sha1' ? 20 : 32),
    isPaid: ([, , rounds]) => isWithinLimit.pbkdf2([Number(rounds)]),
  },
  {
    form: /^(?:bcrypt|bcrypt_sha256)\$\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/,
    isWhole: () => true,
    isPaid: ([, cost]) => isWithinLimit.bcrypt([Number(cost)]),
  },
  {
    form: /^scrypt\$(\d+)\$[^$]+\$(\d+)\$(\d+)\$([^$]+)$/,
    isWhole: ([, , , , hash]) => bytesIn(hash) === 64,
    isPaid: ([, N, r, p]) => isWithinLimit.scrypt([Number(N), Number(r), Number(p)]),
  },
  {
    form: /^argon2(?:_(?:md5|sha1|sha256)\$[^$]*\$argon2|\$argon2)(?:d|i|id)(?:\$v=(?:16|19))?\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/,
    isWhole: ([, , , , salt, hash]) => bytesIn(salt) >= 8 && bytesIn(hash) >= 4,
    isPaid: ([, memory, time, lanes]) =>
      isWithinLimit.argon2([Number(memory), Number(time), Number(lanes)]),
  },
]

/**
 * `name$…$digits`, with so many digits as nobody types, or another system's form: `$2y$…`, `{SSHA}…`.
 * A password may well hold a dollar.
 */
const isHash = (encoded: string) =>
  /^[a-z][a-z0-9_]*\$(?:.*\$)?(?:[0-9a-f]{16,}|[A-Za-z0-9+/=._-]{22,})$/i.test(encoded) ||
  /^\$[a-z0-9-]{1,16}\$.{20,}$/i.test(encoded) ||
  /^\{[A-Z0-9-]{2,16}\}[A-Za-z0-9+/=$]{20,}$/.test(encoded)
