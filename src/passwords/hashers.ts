// The front door: argon2id is written, and what Django's hashers and home-made systems left is read as well.
// Only this file imports WebAssembly, which Node does not; its tools take `argon2.ts`.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { type Algorithm, algorithmOf } from './algorithms.ts'
import { argon2, type Cost, isCurrentCost, isSlow as isSlowArgon2 } from './argon2.ts'
import { readBcrypt } from './bcrypt.ts'
import type { Comparison, Read } from './comparison.ts'
import { parseDigest, readDigest } from './digests.ts'
import { newQueue } from './hash-queue.ts'
import { readPbkdf2 } from './pbkdf2.ts'
import { scryptReader } from './scrypt.ts'
import { wasmMemory } from './wasm-memory.ts'
import { wrapped } from './wrapped.ts'

export type { Cost } from './argon2.ts'

export interface HashSettings {
  argon2: Cost
  /** Compared where there is nobody to compare with; empty: a hash is made instead. */
  dummyPasswordHash: string
}

const memory = wasmMemory(compiled)
const hasher = argon2(memory)
const readWrapped = wrapped(hasher).read
const lane = newQueue()

/** By what stands before the first `$`, as Django finds its hashers. */
const byAlgorithm: Record<Algorithm, Read> = {
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
const readers = new Map<string, Read>(Object.entries(byAlgorithm))

/** Argon2id with 128 random bits of salt, in Django's encoded form. @throws BusyError if its cost is slow */
export const hashPassword = async (password: string, cost: Cost): Promise<string> =>
  isSlowArgon2(cost) ? lane.inTurn(() => hasher.hash(password, cost)) : hasher.hash(password, cost)

/**
 * False for what cannot be read as well. Then, and for a wrong password against a bare digest, it takes
 * as long as `verifyNothing`, so that time does not tell such an account from none.
 * @throws BusyError if the hash is slow
 */
export async function verifyPassword(
  password: string,
  encoded: string,
  hashing: HashSettings,
): Promise<boolean> {
  const comparison = read(encoded)
  if (comparison !== 'unsupported' && (await compare(comparison, password))) return true
  if (comparison === 'unsupported' || parseDigest(encoded)) await verifyDummy(password, hashing)
  return false
}

/** The work of `verifyPassword` where there is no user. @throws BusyError if that is slow */
export async function verifyDummy(password: string, hashing: HashSettings): Promise<false> {
  await compare(dummyHash(hashing), password)
  return false
}

/** Whether so many slow hashes wait here that another one may be refused. */
export const isBusy = () => lane.isFull()

/**
 * Where it is crowded, before what a comparison writes: refuses one that would be refused.
 * @param encoded undefined where there is no user
 * @throws BusyError
 */
export async function requireCapacity(encoded: string | undefined, hashing: HashSettings) {
  const comparison = encoded === undefined || parseDigest(encoded) ? 'unsupported' : read(encoded)
  const { isSlow } = comparison === 'unsupported' ? dummyHash(hashing) : comparison
  if (isSlow) await lane.demandPlace()
}

/** Whether to hash the password again, now that it is known, after it was verified. */
export const needsRehash = (encoded: string, cost: Cost) => !isCurrentCost(encoded, cost)

const compare = ({ isSlow, matches }: Comparison, password: string) =>
  isSlow ? lane.inTurn((pause) => matches(password, pause)) : matches(password, noPause)

const noPause = () => Promise.resolve()

/** What is compared where there is nothing to compare with. */
function dummyHash({ dummyPasswordHash, argon2: cost }: HashSettings): Comparison {
  const made = {
    isSlow: isSlowArgon2(cost),
    matches: (password: string) => hasher.hash(password, cost) === '',
  }
  if (!dummyPasswordHash) return made
  const comparison = read(dummyPasswordHash)
  return comparison === 'unsupported' ? made : comparison
}

/** A digest of home-made systems has no prefix. */
const read: Read = (encoded) => (readers.get(algorithmOf(encoded)) ?? readDigest)(encoded)
