// Which of Django's hashers the exported passwords want, and how many want it.

import { algorithmOf } from '../../src/passwords/algorithms.ts'
import { columnName } from '../import/findings.ts'

/** By the first part of a hash. In Django's own PASSWORD_HASHERS stands what has no name behind it here. */
const named: Record<string, string> = {
  argon2: 'Argon2PasswordHasher; wants argon2-cffi',
  argon2_md5: 'Argon2MD5 of cli/django/hashers.py; wants argon2-cffi',
  argon2_sha1: 'Argon2SHA1 of cli/django/hashers.py; wants argon2-cffi',
  argon2_sha256: 'Argon2SHA256 of cli/django/hashers.py; wants argon2-cffi',
  bcrypt: 'BCryptPasswordHasher; wants bcrypt',
  bcrypt_sha256: 'BCryptSHA256PasswordHasher; wants bcrypt',
  pbkdf2_sha1: 'PBKDF2SHA1PasswordHasher',
  pbkdf2_sha256: 'PBKDF2PasswordHasher',
  scrypt: 'ScryptPasswordHasher; Django 4.0 or newer',
}

export function hashersSummary() {
  const counts = new Map<string, number>()
  return {
    see(encoded: string) {
      const name = encoded.startsWith('!') ? '!' : algorithmOf(encoded)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    table() {
      const names = [...counts.keys()].sort()
      const rows = names.map((name) => [
        name === '!' ? 'none, unusable' : name || 'none known',
        String(counts.get(name)),
        name === '!' ? '' : (named[name] ?? 'nothing reads it'),
      ])
      return columnName([['hash', 'rows', 'PASSWORD_HASHERS must name'], ...rows])
    },
  }
}
