// Django's default hash `pbkdf2_sha256$<rounds>$<salt>$<base64>`, and `pbkdf2_sha1$…`: read, never written.

import { equalBytes, fromBase64, utf8 } from '../encoding.ts'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import type { Comparison } from './comparison.ts'
import { sha1, sha256 } from './compress.ts'
import type { Pause } from './hash-queue.ts'
import { roundsAfter } from './hmac-rounds.ts'

/** The most rounds that WebCrypto accepts in production. Locally it accepts more. */
export const webCryptoRounds = 100_000

/**
 * Rounds of a slice: 8 ms of CPU (docs/decisions/026). A slice counts rounds and not time, because in production the clock
 * stops while code runs.
 */
export const roundsPerSlice = 10_000

const digests = {
  sha1: { name: 'SHA-1', compression: sha1, length: 20 },
  sha256: { name: 'SHA-256', compression: sha256, length: 32 },
} as const

type DigestName = keyof typeof digests

/** @returns a key as long as the digest */
type DerivePbkdf2 = (
  digest: DigestName,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  pause: Pause,
) => Promise<Uint8Array>

export function readPbkdf2(encoded: string): Comparison | 'unsupported' {
  const [, name, digits, salt = '', hash = ''] =
    /^pbkdf2_(sha1|sha256)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(encoded) ?? []
  const digest = name === 'sha1' ? 'sha1' : 'sha256'
  const expected = fromBase64(hash)
  if (expected?.length !== digests[digest].length) return 'unsupported'
  const rounds = Number(digits)
  if (!isWithinLimit.pbkdf2([rounds])) return tooExpensive(`${rounds} rounds of PBKDF2`)
  const derive = derivationFor(rounds)
  return {
    isSlow: derive === deriveInSlices,
    matches: async (password, pause) =>
      equalBytes(await derive(digest, utf8(password), utf8(salt), rounds, pause), expected),
  }
}

export const derivationFor = (rounds: number): DerivePbkdf2 =>
  rounds <= webCryptoRounds ? deriveByWebCrypto : deriveInSlices

export const deriveByWebCrypto = async (
  digest: DigestName,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Promise<Uint8Array> => {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const { name, length } = digests[digest]
  const algorithm = { name: 'PBKDF2', hash: name, salt, iterations: rounds }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
}

/** Does the first round by WebCrypto and the rest here, with a pause before each slice. */
export const deriveInSlices: DerivePbkdf2 = async (digest, password, salt, rounds, pause) => {
  const { name, compression } = digests[digest]
  const key = await hmacKey(name, password)
  const first = await deriveByWebCrypto(digest, password, salt, 1)
  const { run, sum } = roundsAfter(compression, key, first)
  for (let remaining = rounds - 1; remaining > 0; remaining -= roundsPerSlice) {
    await pause()
    run(Math.min(remaining, roundsPerSlice))
  }
  return sum()
}

/**
 * The key as HMAC uses it (RFC 2104 §2): padded with zeros to 64 bytes. A longer password is replaced by its digest
 * first.
 */
export async function hmacKey(
  hash: 'SHA-1' | 'SHA-256',
  password: Uint8Array,
): Promise<Uint8Array> {
  const isShort = password.length <= 64
  const key = new Uint8Array(64)
  key.set(isShort ? password : new Uint8Array(await crypto.subtle.digest(hash, password)))
  return key
}
