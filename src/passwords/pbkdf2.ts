// Django's own default hash, `pbkdf2_sha256$<rounds>$<salt>$<base64>`: read, never written.

import { equalBytes, fromBase64, utf8 } from './bytes.ts'
import { deriveByRounds } from './pbkdf2-rounds.ts'

/** Above it, production's WebCrypto refuses; the local one does not. */
export const webCryptoRounds = 100_000

// Ten times Django 5.2's, some seven seconds of CPU; the default limit of a request is thirty.
const highestRounds = 10_000_000

export async function verifyPbkdf2(
  password: string,
  encoded: string,
): Promise<boolean | 'unreadable'> {
  const [, digits, salt = '', hash = ''] =
    /^pbkdf2_sha256\$(\d+)\$([^$]+)\$([^$]+)$/.exec(encoded) ?? []
  const expected = fromBase64(hash)
  if (expected?.length !== 32) return 'unreadable'
  const rounds = Number(digits)
  if (rounds < 1 || rounds > highestRounds) {
    console.warn(`A password hash asks for ${rounds} rounds: out of bounds, it does not verify`)
    return 'unreadable'
  }
  return equalBytes(await derivationFor(rounds)(utf8(password), utf8(salt), rounds), expected)
}

export const derivationFor = (rounds: number) =>
  rounds <= webCryptoRounds ? deriveByWebCrypto : deriveByRounds

export async function deriveByWebCrypto(
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))
}
