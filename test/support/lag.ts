// How the replica lags in a run of all tests: `REPLICATED=never npm test` and `REPLICATED=random npm test`. A run with
// the same REPLICATED_SEED draws the same numbers in each file.

import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import type { Lag } from './replicated.ts'

/** @returns undefined without a replica */
export function lagOf(mode: string): Lag | undefined {
  if (mode === 'never') return () => 1
  if (mode !== 'random') return undefined
  return randomNumbers(hashOf(`${env.REPLICATED_SEED} ${expect.getState().testPath}`))
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a, 32 bits. */
const hashOf = (text: string) =>
  [...text].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5)
