// DUMMY_PASSWORD_HASH: the work that a login of an unknown user costs, counted by the calls that do it.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { verifyDummy, verifyPassword } from '../../src/passwords/hashers.ts'
import { client } from '../support/api.ts'
import { logIn, newEmail } from '../support/people.ts'
import { settings, settingsErrorOf } from '../support/production.ts'

afterEach(() => vi.restoreAllMocks())

const hashingWith = (name: string) => ({
  argon2: { memory: 64, time: 1 },
  dummyPasswordHash: settings({ DUMMY_PASSWORD_HASH: name }).dummyPasswordHash,
})

describe('DUMMY_PASSWORD_HASH', () => {
  test.each([
    ['pbkdf2_sha256$600000', /^pbkdf2_sha256\$600000\$\w{22}\$A{43}=$/],
    ['pbkdf2_sha1$36000', /^pbkdf2_sha1\$36000\$\w{22}\$A{27}=$/],
    ['argon2$m=102400,t=2,p=8', /^argon2\$argon2id\$v=19\$m=102400,t=2,p=8\$A{22}\$A{43}$/],
    ['bcrypt_sha256$12', /^bcrypt_sha256\$\$2b\$12\$\.{53}$/],
    ['bcrypt$10', /^bcrypt_sha256\$\$2b\$10\$\.{53}$/],
    ['scrypt$16384$8$5', /^scrypt\$16384\$\w{22}\$8\$5\$A{86}==$/],
    ['', /^$/],
  ])('%s becomes a hash of that kind and cost', (name, pattern) => {
    expect(settings({ DUMMY_PASSWORD_HASH: name }).dummyPasswordHash).toMatch(pattern)
  })

  test.each([
    'md5$salt',
    'pbkdf2_sha256',
    'pbkdf2_sha256$1500001',
    'pbkdf2_sha256$600000$salt',
    'pbkdf2_sha512$600000',
    'argon2$m=102401,t=2,p=8',
    'argon2$m=102400,t=11,p=8',
    'bcrypt$14',
    'scrypt$16384$8$17',
    'scrypt$2$1$1025',
    'scrypt$16384',
  ])('%s is rejected', (name) => {
    expect(settingsErrorOf({ DUMMY_PASSWORD_HASH: name })).toContain(
      `DUMMY_PASSWORD_HASH is "${name}"; it must be a hasher and an allowed cost, such as "pbkdf2_sha256$600000"`,
    )
  })
})

test.each([
  'argon2$m=64,t=1,p=1',
  'pbkdf2_sha256$1000',
  'pbkdf2_sha1$1000',
  'bcrypt_sha256$04',
  'scrypt$16$8$1',
])('the hash of %s can be compared, and no password matches it', async (name) => {
  const hashing = hashingWith(name)
  const warn = vi.spyOn(console, 'warn')
  const draw = vi.spyOn(crypto, 'getRandomValues')
  expect(await verifyPassword('password', hashing.dummyPasswordHash, hashing)).toBe(false)
  expect(warn, 'the hash is supported').not.toHaveBeenCalled()
  expect(draw, 'no new hash is made instead').not.toHaveBeenCalled()
})

test.each([
  ['an unknown user', undefined],
  ['an unusable password', '!unusable'],
  ['a wrong password for an MD5 digest', '5f4dcc3b5aa765d61d8327deb882cf99'],
])('%s costs one hash of the kind that the setting names', async (_, encoded) => {
  const hashing = hashingWith('pbkdf2_sha256$1234')
  const derive = vi.spyOn(crypto.subtle, 'deriveBits')
  const draw = vi.spyOn(crypto, 'getRandomValues')

  if (encoded) expect(await verifyPassword('wrong', encoded, hashing)).toBe(false)
  else expect(await verifyDummy('wrong', hashing)).toBe(false)

  expect(derive).toHaveBeenCalledOnce()
  expect(derive.mock.calls[0]?.[0]).toMatchObject({ iterations: 1234 })
  expect(draw).not.toHaveBeenCalled()
})

describe('after the ARGON2_* settings were raised', () => {
  const old = { memory: 64, time: 1 }
  const raised = { memory: 128, time: 3 }

  /** Imports the hashers again, and records KiB × passes of each hash that they make. */
  async function importHashers() {
    const work: number[] = []
    const { Instance } = WebAssembly
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function instance(module, imports) {
      const { exports } = new Instance(module, imports)
      const hash = exports.argon2_hash as (...parameters: number[]) => number
      const argon2_hash = (time: number, memory: number, ...others: number[]) => {
        work.push(time * memory)
        return hash(time, memory, ...others)
      }
      return { exports: { ...exports, argon2_hash } }
    })
    vi.resetModules()
    const hashers = await import('../../src/passwords/hashers.ts')
    return { ...hashers, work }
  }

  test('an unknown user costs as much as a user with the old cost if DUMMY_PASSWORD_HASH names that cost', async () => {
    const { hashPassword, verifyPassword, verifyDummy, work } = await importHashers()
    const { dummyPasswordHash } = hashingWith('argon2$m=64,t=1,p=1')
    const hashing = { argon2: raised, dummyPasswordHash }
    const encoded = await hashPassword('a pond of herons', old)
    work.length = 0

    expect(await verifyPassword('wrong', encoded, hashing)).toBe(false)
    await verifyDummy('wrong', hashing)
    expect(work).toEqual([64, 64])
  })

  test('an unknown user costs as much as a user with the new cost if DUMMY_PASSWORD_HASH is empty', async () => {
    const { hashPassword, verifyPassword, verifyDummy, work } = await importHashers()
    const hashing = { argon2: raised, dummyPasswordHash: '' }
    const encoded = await hashPassword('a pond of herons', raised)
    work.length = 0

    expect(await verifyPassword('wrong', encoded, hashing)).toBe(false)
    await verifyDummy('wrong', hashing)
    expect(work).toEqual([384, 384])
  })
})

test('a login of an unknown user costs one hash of that kind, and gets the usual error', async () => {
  const derive = vi.spyOn(crypto.subtle, 'deriveBits')
  const api = client({ DUMMY_PASSWORD_HASH: 'pbkdf2_sha256$1234' })
  const { status, body } = await logIn(api, { email: newEmail(), password: 'a pond of herons' })
  expect([status, body]).toEqual([
    401,
    { detail: 'No active account found with the given credentials' },
  ])
  const rounds = derive.mock.calls.map(([algorithm]) => algorithm)
  expect(rounds).toContainEqual(expect.objectContaining({ iterations: 1234 }))
})
