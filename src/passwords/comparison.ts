// What reading an encoded password gives: how to compare one with it, and what that takes.

import type { Pause } from './hash-queue.ts'

export interface Comparison {
  /** Whether it takes more than 60 ms of CPU, or much memory: then it is made in the lane (lane.ts). */
  isSlow: boolean
  /** @param pause to be awaited between slices of 8 ms of CPU */
  matches: (password: string, pause: Pause) => boolean | Promise<boolean>
}

export type Read = (encoded: string) => Comparison | 'unsupported'
