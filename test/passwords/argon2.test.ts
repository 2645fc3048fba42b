import compiled from '@phi-ag/argon2/argon2.wasm'
import { describe, expect, test } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'
import vectors from '../vectors/passwords.json'

const { hash, read } = argon2(wasmMemory(compiled))

// Django's hashes of 16 or 32 bytes, with an ASCII salt, 64 KiB and one pass.
const djangoHashes = vectors.argon2.filter(({ encoded }) => encoded.includes('$m=64,t=1,p=1$'))

describe('argon2', () => {
  test.each(djangoHashes)('writes the same hash as Django for $name', ({ password, encoded }) => {
    const [, , , , salt = '', key = ''] = encoded.split('$')
    const ownEncoded = hash(password, { memory: 64, time: 1 }, saltText(salt))
    expect(ownEncoded.split('$').slice(0, 5)).toEqual(encoded.split('$').slice(0, 5))
    expect(ownEncoded.split('$').at(5)).toBe(key)
  })

  test('has a separate memory in each hasher of one compiled module', async () => {
    const other = argon2(wasmMemory(compiled))
    const comparison = read(other.hash('password', { memory: 64, time: 1 }))
    if (comparison === 'unsupported') expect.fail(comparison)
    expect(await comparison.matches('password', async () => {})).toBe(true)
    expect(await comparison.matches('passwort', async () => {})).toBe(false)
  })
})

function saltText(base64: string): string {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return new TextDecoder().decode(bytes)
}
