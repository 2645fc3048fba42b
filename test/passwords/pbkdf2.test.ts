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

describe('PBKDF2', () => {
  // In production, WebCrypto rejects more than 100,000 rounds. Locally it does not, so no other test can notice.
  test('is derived by WebCrypto up to 100,000 rounds, and by our own code above', () => {
    expect(webCryptoRounds).toBe(100_000)
    expect(derivationFor(1)).toBe(deriveByWebCrypto)
    expect(derivationFor(100_000)).toBe(deriveByWebCrypto)
    expect(derivationFor(100_001)).toBe(deriveInSlices)
    expect(derivationFor(1_000_000)).toBe(deriveInSlices)
  })

  // Sizes around those at which SHA-256 begins another block and HMAC hashes its key.
  const sizes = [0, 1, 31, 32, 33, 51, 52, 55, 56, 59, 60, 63, 64, 65, 119, 120, 128, 129, 1000]

  test.each(sizes)(
    'has the same key by WebCrypto and by our own code, from %i bytes',
    async (size) => {
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
    },
  )

  test.each(['sha1', 'sha256'] as const)(
    'has the same key by both with %s in two slices and a part, with a pause before each',
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
