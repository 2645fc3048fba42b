// The front door: argon2id is written, and what Django's hashers and home-made systems left is read as well.
// Only this file imports WebAssembly, which Node does not; its tools take `argon2.ts`.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { argon2, type Cost, hasCost } from './argon2.ts'
import { verifyBcrypt } from './bcrypt.ts'
import { parseDigest, verifyDigest } from './digests.ts'
import { type Algorithm, algorithmOf } from './known.ts'
import { verifyPbkdf2 } from './pbkdf2.ts'
import { verifyScrypt } from './scrypt.ts'
import { wrapped } from './wrapped.ts'

export type { Cost } from './argon2.ts'

export interface Hashing {
  argon2: Cost
  /** Compared where there is nobody to compare with; empty: a hash is made instead. */
  unknownUserHash: string
}

type Answer = boolean | 'unreadable'
type Verify = (password: string, encoded: string) => Answer | Promise<Answer>

const hasher = argon2(compiled)
const verifyWrapped = wrapped(hasher).verify

/** By what stands before the first `$`, as Django finds its hashers. */
const byAlgorithm: Record<Algorithm, Verify> = {
  argon2: hasher.verify,
  argon2_md5: verifyWrapped,
  argon2_sha1: verifyWrapped,
  argon2_sha256: verifyWrapped,
  bcrypt: verifyBcrypt,
  bcrypt_sha256: verifyBcrypt,
  pbkdf2_sha1: verifyPbkdf2,
  pbkdf2_sha256: verifyPbkdf2,
  scrypt: verifyScrypt,
}
const verifiers = new Map<string, Verify>(Object.entries(byAlgorithm))

/** Argon2id with 128 random bits of salt, in Django's encoded form. */
export async function hashPassword(password: string, cost: Cost): Promise<string> {
  return hasher.hash(password, cost)
}

/**
 * False for what cannot be read as well. Then, and for a wrong password against a bare digest, it takes
 * as long as `verifyNothing`, so that time does not tell such an account from none.
 */
export async function verifyPassword(
  password: string,
  encoded: string,
  hashing: Hashing,
): Promise<boolean> {
  const answer = await verify(password, encoded)
  if (answer === true) return true
  if (answer === 'unreadable' || parseDigest(encoded)) await verifyNothing(password, hashing)
  return false
}

/** The work of `verifyPassword` where there is no user. */
export async function verifyNothing(password: string, hashing: Hashing): Promise<false> {
  if (hashing.unknownUserHash) await verify(password, hashing.unknownUserHash)
  else hasher.hash(password, hashing.argon2)
  return false
}

/** Whether to hash the password again, now that it is known, after it was verified. */
export const needsRehash = (encoded: string, cost: Cost) => !hasCost(encoded, cost)

/** A digest of home-made systems has no prefix. */
const verify: Verify = (password, encoded) =>
  (verifiers.get(algorithmOf(encoded)) ?? verifyDigest)(password, encoded)
