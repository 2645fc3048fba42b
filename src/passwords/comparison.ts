// The result of reading an encoded password: a function that compares a password with it.

import type { Pause } from './hash-queue.ts'

export interface Comparison {
  /** Whether it takes more than 60 ms of CPU or much memory. If so, it must run in the hash queue (hash-queue.ts). */
  isSlow: boolean
  /** @param pause must be awaited between slices of 8 ms of CPU */
  matches: (password: string, pause: Pause) => boolean | Promise<boolean>
}

/** `unsupported`: the form is unknown or malformed, or the cost is above the limit. No password matches such a hash. */
export type HashReader = (encoded: string) => Comparison | 'unsupported'
