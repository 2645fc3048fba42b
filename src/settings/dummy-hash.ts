// DUMMY_PASSWORD_HASH names a hasher and its cost, as "pbkdf2_sha256$600000". What is compared for a user who
// does not exist is a hash of that kind, of no password.

import type { readEnv } from './env.ts'
import { isWithinLimit } from './hash-limits.ts'

const hash = (bytes: number) => btoa('\0'.repeat(bytes))
const unpadded = (bytes: number) => hash(bytes).replace(/=+$/, '')
const salt = 'a'.repeat(22)

const kinds = [
  {
    form: /^argon2\$m=(\d+),t=(\d+),p=(\d+)$/,
    isPaid: isWithinLimit.argon2,
    sample: ([m, t, p]: string[]) =>
      `argon2$argon2id$v=19$m=${m},t=${t},p=${p}$${unpadded(16)}$${unpadded(32)}`,
  },
  {
    form: /^pbkdf2_sha256\$(\d+)$/,
    isPaid: isWithinLimit.pbkdf2,
    sample: ([rounds]: string[]) => `pbkdf2_sha256$${rounds}$${salt}$${hash(32)}`,
  },
  {
    form: /^pbkdf2_sha1\$(\d+)$/,
    isPaid: isWithinLimit.pbkdf2,
    sample: ([rounds]: string[]) => `pbkdf2_sha1$${rounds}$${salt}$${hash(20)}`,
  },
  {
    form: /^bcrypt(?:_sha256)?\$(\d\d)$/,
    isPaid: isWithinLimit.bcrypt,
    sample: ([cost]: string[]) => `bcrypt_sha256$$2b$${cost}$${'.'.repeat(53)}`,
  },
  {
    form: /^scrypt\$(\d+)\$(\d+)\$(\d+)$/,
    isPaid: isWithinLimit.scrypt,
    sample: ([N, r, p]: string[]) => `scrypt$${N}$${salt}$${r}$${p}$${hash(64)}`,
  },
]

/** The hash that is compared; empty where it is to be argon2 as it is made now. */
export function dummyPasswordHash(read: ReturnType<typeof readEnv>): string {
  const named = read.text('DUMMY_PASSWORD_HASH', '')
  if (named === '') return ''
  for (const { form, isPaid, sample } of kinds) {
    const [, ...costs] = form.exec(named) ?? []
    if (costs.length > 0 && isPaid(costs.map(Number))) return sample(costs)
  }
  const wants =
    'a hasher and a cost that is paid, as "pbkdf2_sha256$600000" or "argon2$m=102400,t=2,p=8"'
  read.addError(`DUMMY_PASSWORD_HASH is ${JSON.stringify(named)}; it wants ${wants}`)
  return ''
}
