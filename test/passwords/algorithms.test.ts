import { expect, test } from 'vitest'
import { isReadable } from '../../src/passwords/algorithms.ts'
import { verifyPassword } from '../../src/passwords/hashers.ts'
import older from '../vectors/hashes-3.2.json'
import newer from '../vectors/hashes-5.2.json'
import vectors from '../vectors/passwords.json'

const hashing = { argon2: { memory: 64, time: 1 }, dummyPasswordHash: '' }
const others = [newer, older].flatMap(({ django: _, ...hashers }) => Object.values(hashers).flat())

test('isReadable accepts every encoding that a login reads', () => {
  const encodings = [...vectors.argon2, ...vectors.pbkdf2, ...vectors.sha256, ...others]
  expect(encodings.filter(({ encoded }) => !isReadable(encoded))).toEqual([])
})

test('isReadable accepts an unusable password', () => {
  expect(isReadable('!FtFmmDSzKbTWtyRNTRlT0Zkgu3NkV1g5sUyo8lpk')).toBe(true)
})

test.each(['', 'rot13$salt$cnffjbeq', 'cleartext', 'abcdef', 'argon2', 'x'.repeat(64)])(
  'isReadable rejects what no login reads: %j',
  async (encoded) => {
    expect(isReadable(encoded)).toBe(false)
    expect(await verifyPassword('password', encoded, hashing)).toBe(false)
  },
)
