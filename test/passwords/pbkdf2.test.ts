import { describe, expect, test } from 'vitest'
import {
  derivationFor,
  deriveByWebCrypto,
  deriveInSlices,
  roundsPerSlice,
  webCryptoRounds,
} from '../../src/passwords/pbkdf2.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const noPause = async () => {}

describe('above 100,000 rounds', () => {
  // WebCrypto rejects more rounds in production. The local one does not, so no other test can notice.
  test('our own rounds replace WebCrypto', () => {
    expect(webCryptoRounds).toBe(100_000)
    expect(derivationFor(1)).toBe(deriveByWebCrypto)
    expect(derivationFor(100_000)).toBe(deriveByWebCrypto)
    expect(derivationFor(100_001)).toBe(deriveInSlices)
    expect(derivationFor(1_000_000)).toBe(deriveInSlices)
  })

  // Around the sizes at which SHA-256 begins another block and HMAC hashes its key.
  const sizes = [0, 1, 31, 32, 33, 51, 52, 55, 56, 59, 60, 63, 64, 65, 119, 120, 128, 129, 1000]

  test.each(sizes)('both derive the same key from %i bytes', async (size) => {
    const bytes = crypto.getRandomValues(new Uint8Array(size))
    for (const [password, salt] of [
      [bytes, utf8('salt')],
      [utf8('password'), bytes],
    ] as const) {
      for (const rounds of [1, 2, 50]) {
        for (const [digest, length] of [
          ['sha256', 32],
          ['sha1', 20],
        ] as const) {
          const key = await deriveByWebCrypto(digest, password, salt, rounds)
          expect(key).toHaveLength(length)
          expect(await deriveInSlices(digest, password, salt, rounds, noPause)).toEqual(key)
        }
      }
    }
  })

  test.each(['sha1', 'sha256'] as const)(
    'both derive the same key with %s in two slices and a part, with a pause before each',
    async (digest) => {
      const [password, salt] = [utf8('пароль 🔑'), utf8('соль')]
      const rounds = 2 * roundsPerSlice + 7
      let pauses = 0
      const key = await deriveInSlices(digest, password, salt, rounds, async () => {
        pauses++
      })
      expect(key).toEqual(await deriveByWebCrypto(digest, password, salt, rounds))
      expect(pauses).toBe(3)
    },
  )
})
