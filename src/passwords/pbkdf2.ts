// Django's own default hash, `pbkdf2_sha256$<rounds>$<salt>$<base64>`, and `pbkdf2_sha1$…`: read, never written.

import { sha1 } from '@noble/hashes/legacy.js'
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { isPaid } from '../settings/hash-costs.ts'
import { equalBytes, fromBase64, utf8 } from './bytes.ts'
import { outOfBounds } from './out-of-bounds.ts'

/** Above it, production's WebCrypto refuses; the local one does not. */
export const webCryptoRounds = 100_000

const digests = {
  sha1: { name: 'SHA-1', noble: sha1, length: 20 },
  sha256: { name: 'SHA-256', noble: sha256, length: 32 },
}

type DigestName = keyof typeof digests

type Derive = (
  digest: DigestName,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
) => Promise<Uint8Array>

export async function verifyPbkdf2(password: string, encoded: string) {
  const [, name, digits, salt = '', hash = ''] =
    /^pbkdf2_(sha1|sha256)\$(\d+)\$([^$]+)\$([^$]+)$/.exec(encoded) ?? []
  const digest = name === 'sha1' ? 'sha1' : 'sha256'
  const expected = fromBase64(hash)
  if (expected?.length !== digests[digest].length) return 'unreadable'
  const rounds = Number(digits)
  if (!isPaid.pbkdf2([rounds])) return outOfBounds(`${rounds} rounds of PBKDF2`)
  return equalBytes(
    await derivationFor(rounds)(digest, utf8(password), utf8(salt), rounds),
    expected,
  )
}

export const derivationFor = (rounds: number): Derive =>
  rounds <= webCryptoRounds ? deriveByWebCrypto : deriveByNoble

export const deriveByWebCrypto: Derive = async (digest, password, salt, rounds) => {
  const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits'])
  const { name, length } = digests[digest]
  const algorithm = { name: 'PBKDF2', hash: name, salt, iterations: rounds }
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
}

export const deriveByNoble: Derive = async (digest, password, salt, rounds) => {
  const { noble, length } = digests[digest]
  return pbkdf2(noble, password, salt, { c: rounds, dkLen: length })
}
