// Hashes passwords with argon2id, and verifies the hashes of Django's hashers and of other systems.
// Only this file imports WebAssembly. Node cannot, so the commands use `argon2.ts`.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { type Algorithm, algorithmOf } from './algorithms.ts'
import { argon2, type Cost, isCurrentCost, isSlow as isSlowArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import type { Comparison, HashReader } from './comparison.ts'
import { parseDigest, readDigest } from './digests.ts'
import { newHashQueue } from './hash-queue.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { scryptReader } from './scrypt.ts'
import { wasmMemory } from './wasm-memory.ts'
import { wrapped } from './wrapped.ts'

export type { Cost } from './argon2.ts'

export interface HashSettings {
  argon2: Cost
  /** The encoded hash to compare with for an unknown user. If it is empty, a new hash is made instead. */
  dummyPasswordHash: string
}

const memory = wasmMemory(compiled)
const hasher = argon2(memory)
const readWrapped = wrapped(hasher).read
const queue = newHashQueue()

/** Readers by the text before the first `$`, by which Django finds its hashers too. */
const byAlgorithm: Record<Algorithm, HashReader> = {
  argon2: hasher.read,
  argon2_md5: readWrapped,
  argon2_sha1: readWrapped,
  argon2_sha256: readWrapped,
  bcrypt: readBcrypt,
  bcrypt_sha256: readBcrypt,
  pbkdf2_sha1: readPbkdf2,
  pbkdf2_sha256: readPbkdf2,
  scrypt: scryptReader(memory),
}
const readers = new Map<string, HashReader>(Object.entries(byAlgorithm))

/** Argon2id with 128 random bits of salt, in Django's encoded form. @throws BusyError if its cost is slow */
export const hashPassword = async (password: string, cost: Cost): Promise<string> =>
  isSlowArgon2(cost) ? queue.run(() => hasher.hash(password, cost)) : hasher.hash(password, cost)

/**
 * Compares a password with an encoded one. An unsupported hash is false. That, and a bare digest, also costs the work of
 * `verifyDummy`: the time of the answer distinguishes neither such an account from an unknown user, nor a right password
 * that the throttle refuses from a wrong one.
 * @throws BusyError if the hash is slow
 */
export async function verifyPassword(
  password: string,
  encoded: string,
  settings: HashSettings,
): Promise<boolean> {
  const comparison = read(encoded)
  const matches = comparison !== 'unsupported' && (await compare(comparison, password))
  if (comparison === 'unsupported' || parseDigest(encoded)) await verifyDummy(password, settings)
  return matches
}

/** Does the work of `verifyPassword` for an unknown user. @throws BusyError if the dummy hash is slow */
export async function verifyDummy(password: string, settings: HashSettings): Promise<false> {
  await compare(dummyComparison(settings), password)
  return false
}

/** Whether this isolate's hash queue is full, so that another slow hash may get a BusyError. */
export const isBusy = () => queue.isFull()

/**
 * Called if `isBusy`, before an attempt is counted: an attempt that cannot be compared must not count.
 * @param encoded undefined for an unknown user
 * @throws BusyError if comparing is slow and the queue is full
 */
export async function requireCapacity(encoded: string | undefined, settings: HashSettings) {
  const comparison = encoded === undefined || parseDigest(encoded) ? 'unsupported' : read(encoded)
  const { isSlow } = comparison === 'unsupported' ? dummyComparison(settings) : comparison
  if (isSlow) await queue.waitForRoom()
}

/** Whether a password that has just been verified should be hashed again, at the present cost. */
export const needsRehash = (encoded: string, cost: Cost) => !isCurrentCost(encoded, cost)

const compare = ({ isSlow, matches }: Comparison, password: string) =>
  isSlow ? queue.run((pause) => matches(password, pause)) : matches(password, noPause)

const noPause = () => Promise.resolve()

/** The comparison for an unknown user or an unsupported hash. It never matches. */
function dummyComparison({ dummyPasswordHash, argon2: cost }: HashSettings): Comparison {
  const newHash = {
    isSlow: isSlowArgon2(cost),
    matches: (password: string) => hasher.hash(password, cost) === '',
  }
  if (!dummyPasswordHash) return newHash
  const comparison = read(dummyPasswordHash)
  return comparison === 'unsupported' ? newHash : comparison
}

/** The plain digests of other systems have no prefix. */
const read: HashReader = (encoded) => (readers.get(algorithmOf(encoded)) ?? readDigest)(encoded)
