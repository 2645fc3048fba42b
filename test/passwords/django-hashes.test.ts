// The hashes of Django's other hashers, as Django itself wrote them (test/vectors/hashes.py).

import compiled from '@phi-ag/argon2/argon2.wasm'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { needsRehash, verifyPassword } from '../../src/passwords/hashers.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import older from '../vectors/hashes-3.2.json'
import newer from '../vectors/hashes-5.2.json'

const hashing = { argon2: { memory: 64, time: 1 }, dummyPasswordHash: '' }
const { wrap } = wrapped(argon2(wasmMemory(compiled)))

type Vector = { name: string; password: string; encoded: string }

const groups = [newer, older].flatMap(({ django, ...hashers }) =>
  Object.entries<Vector[]>(hashers).map(([hasher, vectors]) => ({ django, hasher, vectors })),
)

const isCheap = ({ encoded }: Vector) => !/\$\d{5,}\$|\$12\$/.test(encoded)

/** The characters that change the hash: plain bcrypt reads 72 bytes only, and a Chinese character has three. */
const relevantCharacters = ({ password, encoded }: Vector) => [
  ...(encoded.startsWith('bcrypt$') ? password.slice(0, 24) : password),
]

afterEach(() => vi.restoreAllMocks())

describe.each(groups)('$hasher of Django $django', ({ vectors }) => {
  test.each(vectors)(
    '$name matches its password, and needs a new hash',
    async ({ password, encoded }) => {
      expect(await verifyPassword(password, encoded, hashing)).toBe(true)
      expect(needsRehash(encoded, hashing.argon2)).toBe(true)
    },
    60_000,
  )

  test.each(vectors.filter(isCheap))(
    '$name does not match a password with another last character',
    async (vector) => {
      const letters = relevantCharacters(vector)
      letters.push(letters.pop() === 'b' ? 'c' : 'b')
      expect(await verifyPassword(letters.join(''), vector.encoded, hashing)).toBe(false)
    },
  )

  test.each(vectors.filter(isCheap))(
    '$name does not match its password if the hash has another character',
    async (vector) => {
      const { password, encoded } = vector
      const at = encoded.length - 8
      const other = encoded[at] === 'a' ? 'b' : 'a'
      const changed = `${encoded.slice(0, at)}${other}${encoded.slice(at + 1)}`
      expect(await verifyPassword(password, changed, hashing)).toBe(false)
    },
  )
})

describe('a wrapped digest', () => {
  const digests = [newer.md5, older.sha1, older.unsalted_md5, older.unsalted_sha1].flat()

  test.each(digests)(
    'matches the same password as the digest alone: $name',
    async ({ password, encoded }) => {
      const wrapping = wrap(encoded, hashing.argon2)
      expect(await verifyPassword(password, wrapping, hashing)).toBe(true)
      expect(await verifyPassword(`${password} `, wrapping, hashing)).toBe(false)
      expect(await verifyPassword(encoded, wrapping, hashing)).toBe(false)
    },
  )

  test('is made from SHA-256, SHA-1 and MD5 without a prefix, in upper case too', async () => {
    const withoutPrefix = {
      argon2_sha256: '5E884898DA28047151D0E56F8DC6292773603D0D6AABBDD62A11EF721D1542D8',
      argon2_sha1: '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8',
      argon2_md5: '5f4dcc3b5aa765d61d8327deb882cf99',
    }
    for (const [name, encoded] of Object.entries(withoutPrefix)) {
      const wrapping = wrap(encoded, hashing.argon2)
      expect(wrapping).toMatch(
        /^argon2_\w+\$\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{32}$/,
      )
      expect(wrapping.startsWith(`${name}$`)).toBe(true)
      expect(await verifyPassword('password', wrapping, hashing)).toBe(true)
    }
  })

  test('fits Django’s column at the highest cost and with Django’s longest salt', () => {
    const encoded = `sha1$${'s'.repeat(22)}$${'0'.repeat(40)}`
    expect(wrap(encoded, { memory: 65_536, time: 10 }).length).toBeLessThanOrEqual(128)
  })

  test('has a new salt each time, and keeps the salt of a digest even if it looks like a replacement pattern', async () => {
    const [{ encoded = '' } = {}] = newer.md5
    expect(wrap(encoded, hashing.argon2)).not.toBe(wrap(encoded, hashing.argon2))
    expect(wrap(`md5$x&y'$${'0'.repeat(32)}`, hashing.argon2)).toContain(
      "argon2_md5$x&y'$argon2id$",
    )
  })

  test.each(['!', '!unusable', 'pbkdf2_sha256$1$salt$AAAA', newer.bcrypt[0]?.encoded ?? ''])(
    'is not made from another kind of hash: %s',
    (encoded) => expect(wrap(encoded, hashing.argon2)).toBe(encoded),
  )
})

const zeros = (count: number) => '0'.repeat(count)
const bcryptHash = 'abcdefghijklmnopqrstuuMFdJu9yVgmagVAIC24fOZkaFqd3s9JC'
const scryptHash = `${'A'.repeat(86)}==`

test.each([
  `bcrypt$$2b$14$${bcryptHash}`,
  `bcrypt$$2b$03$${bcryptHash}`,
  `bcrypt_sha256$$2b$31$${bcryptHash}`,
  `bcrypt_sha256$$2a$99$${bcryptHash}`,
  `scrypt$1048576$salt$8$1$${scryptHash}`,
  `scrypt$131072$salt$8$1$${scryptHash}`,
  `scrypt$16384$salt$8$17$${scryptHash}`,
  `scrypt$16384$salt$8$0$${scryptHash}`,
  `scrypt$16384$salt$0$1$${scryptHash}`,
  `scrypt$1$salt$8$1$${scryptHash}`,
  `scrypt$0$salt$8$1$${scryptHash}`,
  `scrypt$16385$salt$8$1$${scryptHash}`,
  `scrypt$2$salt$1$1025$${scryptHash}`,
  `scrypt$${'9'.repeat(400)}$salt$8$1$${scryptHash}`,
  'pbkdf2_sha1$1500001$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'pbkdf2_sha1$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'argon2_md5$salt$argon2id$v=19$m=102401,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
  'argon2$argon2i$m=64,t=17,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
  'argon2$argon2id$v=19$m=102400,t=11,p=8$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
])('rejects a cost out of bounds, and logs it without the hash: %s', async (encoded) => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})

  expect(await verifyPassword('password', encoded, hashing)).toBe(false)

  expect(warn).toHaveBeenCalledOnce()
  const warning = String(warn.mock.calls[0])
  expect(warning).toContain('out of bounds')
  for (const secret of ['salt', 'c2Fsd', 'AAAA', 'abcdef']) expect(warning).not.toContain(secret)
})

test.each([
  `bcrypt$$2b$04$${bcryptHash.slice(1)}`,
  `bcrypt$$2b$04$${bcryptHash}x`,
  `bcrypt$$2x$04$${bcryptHash}`,
  `bcrypt$2b$04$${bcryptHash}`,
  `bcrypt$$2b$4$${bcryptHash}`,
  `bcrypt$$2b$04$${bcryptHash.replace('a', '*')}`,
  `bcrypt_sha1$$2b$04$${bcryptHash}`,
  'bcrypt$',
  'bcrypt_sha256$$',
  `scrypt$16$salt$8$1$${scryptHash.slice(4)}`,
  `scrypt$16$$8$1$${scryptHash}`,
  `scrypt$-16$salt$8$1$${scryptHash}`,
  `scrypt$16$salt$8$${scryptHash}`,
  'pbkdf2_sha1$1$salt$AAAA',
  'pbkdf2_sha512$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  'pbkdf2_sha256$1$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
  `md5$salt$${zeros(31)}`,
  `md5$salt$${zeros(40)}`,
  `sha1$salt$${zeros(32)}`,
  `sha1$sa$lt$${zeros(40)}`,
  `sha256$salt$${zeros(64)}`,
  `md5$salt$${zeros(31)}g`,
  'argon2_md5$',
  'argon2_md5$salt$',
  'argon2_md5$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
  'argon2_sha512$$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
  'argon2_md5$$argon2id$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
  'constructor$x',
  '__proto__',
  '$',
  '$$$$$$',
])('matches no password with an unsupported hash, and throws no error: %j', async (encoded) => {
  const warn = vi.spyOn(console, 'warn')
  for (const password of ['', 'password', encoded]) {
    expect(await verifyPassword(password, encoded, hashing)).toBe(false)
  }
  expect(warn).not.toHaveBeenCalled()
})
