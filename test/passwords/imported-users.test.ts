// An imported user logs in with the hash of the other system. That login replaces the hash.

import { env } from 'cloudflare:workers'
import compiled from '@phi-ag/argon2/argon2.wasm'
import { expect, test } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { counting } from '../budgets/counting.ts'
import { logIn, person } from '../support/people.ts'
import older from '../vectors/hashes-3.2.json'
import newer from '../vectors/hashes-5.2.json'
import vectors from '../vectors/passwords.json'

const { wrap } = wrapped(argon2(wasmMemory(compiled)))
const sha256 = vectors.sha256[0]
const wrappedSha256 = {
  password: sha256?.password,
  encoded: wrap(sha256?.encoded ?? '', { memory: 64, time: 1 }),
}

const imported = [
  ['pbkdf2_sha256', vectors.pbkdf2[0]],
  [
    'pbkdf2_sha256 above 100,000 rounds',
    vectors.pbkdf2.find(({ name }) => name === '100001 rounds'),
  ],
  ['pbkdf2_sha1', newer.pbkdf2_sha1[0]],
  ['argon2 at Django’s cost', vectors.argon2.find(({ name }) => name.endsWith('of Django'))],
  ['argon2i', older.argon2[0]],
  ['bcrypt_sha256', newer.bcrypt_sha256[0]],
  ['bcrypt', newer.bcrypt[0]],
  ['scrypt', newer.scrypt[0]],
  ['md5', newer.md5[0]],
  ['sha1', older.sha1[0]],
  ['unsalted_md5', older.unsalted_md5[0]],
  ['unsalted_sha1', older.unsalted_sha1[0]],
  ['SHA-256 without a prefix', sha256],
  ['wrapped SHA-256', wrappedSha256],
] as const

const hashOf = (id: number) =>
  env.DB.prepare('select password from users where id = ?').bind(id).first<string>('password')

test.each(imported)(
  'a login with an imported %s hash takes two round trips and stores argon2id',
  async (_, vector) => {
    const { password = '', encoded = '' } = vector ?? {}
    expect(encoded).not.toBe('')
    const { email, id } = await person()
    await env.DB.prepare('update users set password = ? where id = ?').bind(encoded, id).run()

    const { api, roundTrips } = counting()
    const wrong = await logIn(api, { email, password: `${password}x` })
    expect(wrong.status).toBe(401)
    expect(await hashOf(id)).toBe(encoded)

    const before = roundTrips()
    const { status } = await logIn(api, { email, password })
    expect([status, roundTrips() - before]).toEqual([200, 2])
    expect(await hashOf(id)).toMatch(/^argon2\$argon2id\$v=19\$m=64,t=1,p=1\$/)

    const again = await logIn(api, { email, password })
    expect(again.status).toBe(200)
  },
)

test('a user with an unusable password cannot log in, and attempts do not replace it', async () => {
  const { email, id } = await person()
  await env.DB.prepare("update users set password = '!kPx0Vh3hVQq7' where id = ?").bind(id).run()
  const { api } = counting()
  for (const password of ['!kPx0Vh3hVQq7', '!', 'a pond of herons']) {
    expect((await logIn(api, { email, password })).status).toBe(401)
  }
  expect(await hashOf(id)).toBe('!kPx0Vh3hVQq7')
})
