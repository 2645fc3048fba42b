import compiled from '@phi-ag/argon2/argon2.wasm'
import { expect, test } from 'vitest'
import { blocksPerSlice } from '../../src/passwords/romix.ts'
import { scrypt } from '../../src/passwords/scrypt.ts'
import { wasmMemory } from '../../src/passwords/wasm-memory.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const derive = scrypt(wasmMemory(compiled))

// RFC 7914 §12, except the vector that takes 1 GiB.
test.each([
  {
    ...{ password: '', salt: '', N: 16, r: 1, p: 1 },
    key: `77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
      fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906`,
  },
  {
    ...{ password: 'password', salt: 'NaCl', N: 1024, r: 8, p: 16 },
    key: `fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
      2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640`,
  },
  {
    ...{ password: 'pleaseletmein', salt: 'SodiumChloride', N: 16384, r: 8, p: 1 },
    key: `7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
      d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887`,
  },
])('derives the key of RFC 7914 from "$password"', async ({ password, salt, key, ...cost }) => {
  let pauses = 0
  const derived = await derive(utf8(password), utf8(salt), cost, async () => {
    pauses++
  })
  expect(hexOf(derived)).toBe(key.replaceAll(/\s/g, ''))
  const { N, r, p } = cost
  expect(pauses, 'there is a pause between two slices').toBe(
    Math.ceil((4 * N * r * p) / blocksPerSlice) - 1,
  )
})

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
