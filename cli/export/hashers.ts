// Counts the Django hashers that the exported passwords require.

import { algorithmOf } from '../../src/passwords/algorithms.ts'
import { textTable } from '../import/text-table.ts'

/** Hashers by the first part of a hash. Django's default PASSWORD_HASHERS has those without a package or path. */
const hasherNames: Record<string, string> = {
  argon2: 'Argon2PasswordHasher; requires argon2-cffi',
  argon2_md5: 'Argon2MD5 of cli/django/hashers.py; requires argon2-cffi',
  argon2_sha1: 'Argon2SHA1 of cli/django/hashers.py; requires argon2-cffi',
  argon2_sha256: 'Argon2SHA256 of cli/django/hashers.py; requires argon2-cffi',
  bcrypt: 'BCryptPasswordHasher; requires bcrypt',
  bcrypt_sha256: 'BCryptSHA256PasswordHasher; requires bcrypt',
  pbkdf2_sha1: 'PBKDF2SHA1PasswordHasher',
  pbkdf2_sha256: 'PBKDF2PasswordHasher',
  scrypt: 'ScryptPasswordHasher; requires Django 4.0 or newer',
}

export function summarizeHashers() {
  const counts = new Map<string, number>()
  return {
    add(encoded: string) {
      const name = encoded.startsWith('!') ? '!' : algorithmOf(encoded)
      counts.set(name, (counts.get(name) ?? 0) + 1)
    },
    table() {
      const names = [...counts.keys()].sort()
      const rows = names.map((name) => [
        name === '!' ? 'none (unusable)' : name || 'unknown',
        String(counts.get(name)),
        name === '!' ? '' : (hasherNames[name] ?? 'no hasher reads it'),
      ])
      return textTable([['hash', 'rows', 'PASSWORD_HASHERS must name'], ...rows])
    },
  }
}
