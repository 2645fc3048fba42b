// What reading an encoded password gives: how to compare one with it, and what that takes.

import type { Pause } from './lane.ts'

export interface Comparison {
  /** Whether it takes more than 50 ms, or much memory: then it is made in the lane (lane.ts). */
  isSlow: boolean
  /** @param pause to be awaited between slices of at most 50 ms */
  matches: (password: string, pause: Pause) => boolean | Promise<boolean>
}

export type Read = (encoded: string) => Comparison | 'unreadable'
