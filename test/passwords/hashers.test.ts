import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  hashPassword,
  needsRehash,
  verifyDummy,
  verifyPassword,
} from '../../src/passwords/hashers.ts'
import vectors from '../vectors/passwords.json'

const cost = { memory: 64, time: 1 }
const hashing = { argon2: cost, dummyPasswordHash: '' }

afterEach(() => {
  vi.restoreAllMocks()
})

describe('hashPassword', () => {
  test('writes Django’s encoded form with 128 bits of salt and 256 of hash', async () => {
    expect(await hashPassword('correct horse', { memory: 128, time: 3 })).toMatch(
      /^argon2\$argon2id\$v=19\$m=128,t=3,p=1\$[\w+/]{30}\$[\w+/]{43}$/,
    )
  })

  test('fits Django’s column of 128 characters', async () => {
    const encoded = await hashPassword('correct horse', { memory: 19_456, time: 2 })
    expect(encoded.length).toBeLessThanOrEqual(128)
  })

  test('draws a new salt for every hash', async () => {
    const [one, other] = [await hashPassword('same', cost), await hashPassword('same', cost)]
    expect(one).not.toBe(other)
    expect(await verifyPassword('same', one, hashing)).toBe(true)
    expect(await verifyPassword('same', other, hashing)).toBe(true)
  })

  test('does not mix up concurrent hashes', async () => {
    const passwords = Array.from({ length: 20 }, (_, i) => `password number ${i}`)
    const encoded = await Promise.all(passwords.map((password) => hashPassword(password, cost)))
    for (const [i, password] of passwords.entries()) {
      expect(await verifyPassword(password, encoded[i] ?? '', hashing)).toBe(true)
      expect(await verifyPassword(password, encoded[i - 1] ?? '', hashing)).toBe(false)
    }
  })
})

describe.each(['argon2', 'pbkdf2', 'sha256'] as const)('verifyPassword of %s', (format) => {
  test.each(vectors[format])(
    'accepts Django’s hash of $name',
    async ({ password, encoded }) => {
      expect(await verifyPassword(password, encoded, hashing)).toBe(true)
    },
    60_000,
  )

  // Without the costliest hashes: one wrong password for each length and script is enough.
  const cheap = vectors[format].filter(({ encoded }) => !/\$\d{6}\$|m=\d{5}/.test(encoded))

  test.each(cheap)('rejects $name with another last character', async ({ password, encoded }) => {
    const letters = [...password]
    letters.push(letters.pop() === 'b' ? 'c' : 'b')
    expect(await verifyPassword(letters.join(''), encoded, hashing)).toBe(false)
  })

  test.each(cheap)('rejects $name without its last character', async ({ password, encoded }) => {
    expect(await verifyPassword([...password].slice(0, -1).join(''), encoded, hashing)).toBe(false)
  })

  test('is case-sensitive', async () => {
    const [latin] = vectors[format]
    const password = latin?.password.toUpperCase() ?? ''
    expect(await verifyPassword(password, latin?.encoded ?? '', hashing)).toBe(false)
  })
})

describe('verifyPassword', () => {
  test('matches an empty password with its own hash only', async () => {
    const encoded = await hashPassword('', cost)
    expect(await verifyPassword('', encoded, hashing)).toBe(true)
    expect(await verifyPassword('\0', encoded, hashing)).toBe(false)
    expect(await verifyPassword('', await hashPassword('\0', cost), hashing)).toBe(false)
  })

  test.each([
    '',
    '!',
    '!kPx0Vh3hVQq7CQwDjwTBWZw1bCaSIYDWzWxZHoAr',
    'plain text',
    'argon2$',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ',
    'argon2$argon2id$v=18$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2Fsd*NhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'pbkdf2_sha256$1000$salt',
    'pbkdf2_sha256$1000$salt$',
    'pbkdf2_sha256$1e3$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'pbkdf2_sha256$1000$salt$AAAA',
    '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d',
    '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 ',
  ])('matches no password with an unsupported hash: %j', async (encoded) => {
    expect(await verifyPassword('password', encoded, hashing)).toBe(false)
    expect(await verifyPassword('', encoded, hashing)).toBe(false)
    expect(await verifyPassword(encoded, encoded, hashing)).toBe(false)
  })

  test.each([
    'argon2$argon2id$v=19$m=102401,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=4294967296,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=17,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=1024,t=1,p=17$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=15,t=1,p=2$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdA$c2FsdHNhbHRzYWx0c2FsdA',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$c2Fs',
    'pbkdf2_sha256$1500001$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    'pbkdf2_sha256$0$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    `pbkdf2_sha256$${'9'.repeat(400)}$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`,
  ])('rejects a cost out of bounds, and logs it without the hash: %s', async (encoded) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})

    expect(await verifyPassword('password', encoded, hashing)).toBe(false)

    expect(warn).toHaveBeenCalledOnce()
    const warning = String(warn.mock.calls[0])
    expect(warning).toContain('out of bounds')
    for (const secret of ['salt', 'c2FsdA', 'AAAA', 'password,']) {
      expect(warning).not.toContain(secret)
    }
  })

  // Time cannot be compared reliably here. Salts can be counted, because each new hash draws one.
  test.each([
    ['an unusable password', '!unusable'],
    ['an unknown format', 'md5$salt$hash'],
    ['a hash out of bounds', 'pbkdf2_sha256$0$s$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='],
    ['a wrong password for SHA-256 without a prefix', vectors.sha256[0]?.encoded ?? ''],
    ['a wrong password for MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['a wrong password for salted SHA-1', `sha1$salt$${'0'.repeat(40)}`],
  ])('does the work of one hash for %s', async (_, encoded) => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const draw = vi.spyOn(crypto, 'getRandomValues')

    expect(await verifyPassword('wrong', encoded, hashing)).toBe(false)

    expect(draw).toHaveBeenCalledOnce()
  })

  test('does no more work than the stored hash for a wrong password, if that hash is argon2', async () => {
    const draw = vi.spyOn(crypto, 'getRandomValues')
    expect(await verifyPassword('wrong', vectors.argon2[0]?.encoded ?? '', hashing)).toBe(false)
    expect(draw).not.toHaveBeenCalled()
  })

  test('does the work of one hash for an unknown user', async () => {
    const draw = vi.spyOn(crypto, 'getRandomValues')
    expect(await verifyDummy('wrong', hashing)).toBe(false)
    expect(draw).toHaveBeenCalledOnce()
  })

  test('is not affected by a large imported hash before it', async () => {
    const large = vectors.argon2.find(({ name }) => name === 'the default cost of Django')
    const before = await hashPassword('before', cost)
    expect(await verifyPassword('wrong', large?.encoded ?? '', hashing)).toBe(false)
    expect(await verifyPassword('before', before, hashing)).toBe(true)
  })
})

describe('needsRehash', () => {
  test('is false for a hash of this cost', async () => {
    expect(needsRehash(await hashPassword('password', cost), cost)).toBe(false)
  })

  test.each([
    { memory: 65, time: 1 },
    { memory: 32, time: 1 },
    { memory: 64, time: 2 },
  ])('is true for another cost: $memory KiB, $time passes', async (other) => {
    expect(needsRehash(await hashPassword('password', other), cost)).toBe(true)
  })

  test.each([
    'argon2$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'argon2$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'argon2$argon2id$v=19$m=64,t=1,p=2$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    'argon2$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA',
    'pbkdf2_sha256$1000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
  ])('is true for another form: %s', (encoded) => {
    expect(needsRehash(encoded, cost)).toBe(true)
  })
})
