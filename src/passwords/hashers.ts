// The front door: argon2id is written, Django's PBKDF2 and bare SHA-256 are read as well. Only this
// file imports WebAssembly, which Node does not; its tools take `argon2.ts`.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { argon2, type Cost, hasCost } from './argon2.ts'
import { verifyPbkdf2 } from './pbkdf2.ts'
import { isBareSha256, verifySha256 } from './sha256.ts'

export type { Cost } from './argon2.ts'

const hasher = argon2(compiled)

/** Argon2id with 128 random bits of salt, in Django's encoded form. */
export async function hashPassword(password: string, cost: Cost): Promise<string> {
  return hasher.hash(password, cost)
}

/**
 * False for what cannot be read as well. Then, and for a wrong password against bare SHA-256, it
 * takes as long as a hash of `cost`, so that time does not tell such an account from none.
 */
export async function verifyPassword(
  password: string,
  encoded: string,
  cost: Cost,
): Promise<boolean> {
  const answer = await verify(password, encoded)
  if (answer === true) return true
  if (answer === 'unreadable' || isBareSha256(encoded)) await verifyNothing(password, cost)
  return false
}

/** The work of `verifyPassword` where there is no user. */
export async function verifyNothing(password: string, cost: Cost): Promise<false> {
  hasher.hash(password, cost)
  return false
}

/** Whether to hash the password again, now that it is known, after it was verified. */
export const needsRehash = (encoded: string, cost: Cost) => !hasCost(encoded, cost)

async function verify(password: string, encoded: string): Promise<boolean | 'unreadable'> {
  if (encoded.startsWith('argon2$')) return hasher.verify(password, encoded)
  if (encoded.startsWith('pbkdf2_sha256$')) return verifyPbkdf2(password, encoded)
  if (isBareSha256(encoded)) return verifySha256(password, encoded)
  return 'unreadable'
}
