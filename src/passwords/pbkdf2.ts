// Django's own default hash, `pbkdf2_sha256$<rounds>$<salt>$<base64>`: read, never written.

import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes, fromBase64, utf8 } from './bytes.ts'

/** Above it, production's WebCrypto refuses; the local one does not. */
export const webCryptoRounds = 100_000

// Half as many again as Django 5.2's: three to four seconds of CPU, which anybody may ask for who knows
// whose hash it is.
const highestRounds = 1_500_000

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
  rounds <= webCryptoRounds ? deriveByWebCrypto : deriveByNoble

export async function deriveByWebCrypto(
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 256))
}

export const deriveByNoble = async (password: Uint8Array, salt: Uint8Array, rounds: number) =>
  pbkdf2(sha256, password, salt, { c: rounds, dkLen: 32 })
