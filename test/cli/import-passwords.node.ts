import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { nodeArgon2 } from '../../cli/argon2.ts'
import { judgePassword, newPlaceholder } from '../../cli/import/hashes.ts'
import { algorithms } from '../../src/passwords/algorithms.ts'
import { readBcrypt } from '../../src/passwords/bcrypt.ts'
import type { HashReader } from '../../src/passwords/comparison.ts'
import { readPbkdf2 } from '../../src/passwords/pbkdf2.ts'
import { scryptReader } from '../../src/passwords/scrypt.ts'
import type { WasmMemory } from '../../src/passwords/wasm-memory.ts'
import { wrapped } from '../../src/passwords/wrapped.ts'
import { dryRun, fileOf, importFiles, userRow } from './importing.ts'

type Vectors = Record<string, { encoded: string }[]>

const argon2 = nodeArgon2()
const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64').replace(/=+$/, '')
const padded = (length: number) => Buffer.alloc(length, 7).toString('base64')

const malformed = [
  ...['pbkdf2_sha256$600000$salt$c2hvcnQ=', 'pbkdf2_sha256$600000$salt', 'pbkdf2_sha256$x$salt$x'],
  ...[`pbkdf2_sha256$600000$$${padded(32)}`, `pbkdf2_sha1$1000$salt$${padded(32)}`],
  ...[`bcrypt$$2b$12$${'a'.repeat(52)}`, `bcrypt_sha256$$2x$12$${'a'.repeat(53)}`],
  ...[`scrypt$16384$salt$8$1$${padded(32)}`, `scrypt$16384$salt$8$${padded(64)}`],
  ...[`argon2$argon2id$v=19$m=8,t=1,p=1$${base64(16)}`, `argon2$argon2x$v=19$m=8,t=1,p=1$a$b`],
  ...[`argon2$argon2id$v=19$m=8,t=1,p=1$${base64(4)}$${base64(32)}`],
  ...[`argon2_sha256$salt$argon2id$v=19$m=8,t=1,p=1$${base64(16)}$`],
]
const expensive = [
  ...[`pbkdf2_sha256$2000000$salt$${padded(32)}`, `pbkdf2_sha1$99999999$salt$${padded(20)}`],
  ...[`bcrypt$$2b$19$${'a'.repeat(53)}`, `scrypt$1048576$salt$8$1$${padded(64)}`],
  ...[`argon2$argon2id$v=19$m=1048576,t=2,p=1$${base64(16)}$${base64(32)}`],
]
const unknown = [
  ...[
    'rot13$0123456789abcdef',
    `sha512$salt$${'0a'.repeat(64)}`,
    `pbkdf2_sha512$9$s$${padded(64)}`,
  ],
  ...[`$2y$10$${'a'.repeat(53)}`, `$P$B${'a'.repeat(30)}`, '{SSHA}MTIzNDU2Nzg5MDEyMzQ1Njc4OTA='],
]
const none = ['', newPlaceholder()]
const clear = [
  'Summer2024!',
  'pa$$word',
  'rot13$eve',
  'correct horse battery staple',
  '$ecret',
  '{me}',
]

/** Derives no key, so that only the form of a hash decides. */
const noMemory: WasmMemory = { call: () => assert.fail(), reserve: () => assert.fail() }
const readScrypt = scryptReader(noMemory)
const readWrapped = wrapped(argon2).read
const readers: Record<string, HashReader> = {
  ...{ argon2: argon2.read, bcrypt: readBcrypt, bcrypt_sha256: readBcrypt, scrypt: readScrypt },
  ...{ argon2_md5: readWrapped, argon2_sha1: readWrapped, argon2_sha256: readWrapped },
  ...{ pbkdf2_sha1: readPbkdf2, pbkdf2_sha256: readPbkdf2 },
}

describe('what a login can do with a hash', () => {
  const isRead = (encoded: string) =>
    readers[encoded.split('$')[0] ?? '']?.(encoded) !== 'unsupported'

  test('is known for every hash that Django writes', () => {
    for (const name of ['hashes-3.2.json', 'hashes-5.2.json']) {
      const { django: _, ...vectors } = JSON.parse(readFileSync(`test/vectors/${name}`, 'utf8'))
      for (const { encoded } of Object.values(vectors as Vectors).flat()) {
        assert.deepEqual([judgePassword(encoded), isRead(encoded)], ['readable', true], encoded)
      }
    }
  })

  test('is the same for the Worker’s verifiers', () => {
    const kinds = Object.entries({ malformed, expensive, unknown, clear, none })
    for (const [kind, hashes] of kinds) {
      for (const encoded of hashes) assert.equal(judgePassword(encoded), kind, encoded)
    }
    for (const encoded of [...malformed, ...expensive]) assert.ok(!isRead(encoded), encoded)
  })
})

describe('npm run import-django reports passwords', () => {
  const people = (passwords: unknown[]) =>
    JSON.stringify(passwords.map((password, i) => userRow(i + 1, { password })))

  test('that no login can verify, by kind, and stops until --leave names them', async () => {
    const text = people([malformed[0], expensive[0], unknown[0], clear[0], '', null, '!', '!x'])

    const { status, output } = await dryRun({ name: 'dump.json', text })
    const hashes = ['malformed-hash', 'expensive-hash', 'unknown-hash']
    const kinds = [...hashes, 'clear-text', 'no-password']
    const leave = kinds.flatMap((kind) => ['--leave', kind])
    const { all } = await importFiles([fileOf('dump.json', text)], leave)

    assert.equal(status, 1)
    assert.match(output, /^a malformed hash of pbkdf2_sha256: .* +1 {2}imported {2}1$/m)
    assert.match(output, /^a hash of pbkdf2_sha256 that costs more than .* +1 {2}imported {2}2$/m)
    assert.match(output, /^a hash of rot13, .*: no login before a reset +1 {2}imported {2}3$/m)
    assert.match(output, /^a password in clear text, .* +1 {2}replaced {2}4$/m)
    assert.match(output, /^no password: .* +2 {2}replaced {2}5, 6$/m)
    assert.deepEqual(output.match(/(?<=--leave )\S+/g)?.sort(), [...kinds].sort())
    const stored = all('SELECT password FROM users ORDER BY id').map(({ password }) => password)
    assert.deepEqual(stored.slice(0, 3), [malformed[0], expensive[0], unknown[0]])
    for (const replaced of stored.slice(3, 6))
      assert.match(String(replaced), /^reset_required\$[\w-]{40}$/)
    assert.deepEqual(stored.slice(6), ['!', '!'])
  })

  test('in clear text after Django’s mark, allows no reset, and keeps a locked hash', async () => {
    const secret = '!Secret123'
    const made = `!${'aB3'.repeat(13)}x`
    const locked = `!${unknown[0]}`
    const { all, output } = await importFiles([fileOf('dump.json', people([secret, made, locked]))])

    assert.match(output, /^text after "!" that Django did not write.* 1 .* 1$/m)
    const stored = all('SELECT password FROM users ORDER BY id').map(({ password }) => password)
    assert.deepEqual(stored, ['!', made, locked])
  })

  test('in clear text, and writes none of them to files or output', async () => {
    const { all, out, output } = await importFiles(
      [fileOf('dump.json', people(clear))],
      ['--leave', 'clear-text'],
    )

    const stored = all('SELECT password FROM users').map(({ password }) => String(password))
    assert.equal(new Set(stored).size, clear.length)
    for (const name of readdirSync(out)) {
      const sql = readFileSync(join(out, name), 'utf8')
      const read = sql.replace(/X'([0-9a-f]*)'/g, (_, hex) => Buffer.from(hex, 'hex').toString())
      for (const password of clear) assert.ok(!(read + output).includes(password), password)
    }
    // The placeholder is neither Django's `!` nor a known hash: a login compares it, and a reset may be mailed.
    for (const password of stored) {
      assert.ok(!password.startsWith('!'))
      assert.ok(!algorithms.some((algorithm) => password.startsWith(`${algorithm}$`)))
    }
  })
})
