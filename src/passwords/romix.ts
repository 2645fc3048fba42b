// The core of scrypt (RFC 7914 §3 to §5) in slices: Salsa20/8, scryptBlockMix and scryptROMix. It reads bytes as
// little-endian words: Workers and Node only run on little-endian machines.

/** Blocks of Salsa20/8 in a slice: 8 ms of CPU (docs/decisions/026). */
export const blocksPerSlice = 2 ** 16

/**
 * scryptROMix.
 * @param block B: 128 · r bytes, which are replaced by the result
 * @param getRows returns V: room for N blocks. Called again after each `beforeWork`
 * @param beforeWork called before each slice, with the number of its blocks of Salsa20/8
 */
export async function romix(
  block: Uint32Array,
  N: number,
  getRows: () => Uint32Array,
  beforeWork: (salsaBlocks: number) => Promise<void>,
) {
  const blocksPerStep = block.length / 16
  const stepsPerSlice = Math.max(1, Math.floor(blocksPerSlice / blocksPerStep))
  for (const doSteps of [fill, mix]) {
    for (let step = 0; step < N; step += stepsPerSlice) {
      const next = Math.min(N, step + stepsPerSlice)
      await beforeWork((next - step) * blocksPerStep)
      doSteps(block, getRows(), step, next)
    }
  }
}

/** Does the steps from `from` up to `to` (exclusive) of one of the two loops. */
type Steps = (block: Uint32Array, rows: Uint32Array, from: number, to: number) => void

/** The first loop: writes the rows. */
const fill: Steps = (block, rows, from, to) => {
  const mixed = new Uint32Array(block.length)
  for (let row = from; row < to; row++) {
    rows.set(block, row * block.length)
    blockMix(block, mixed)
    block.set(mixed)
  }
}

/** The second loop: mixes in rows. The last 64 bytes of the block choose each row (Integerify). */
const mix: Steps = (block, rows, from, to) => {
  const size = block.length
  const N = rows.length / size
  const mixed = new Uint32Array(size)
  for (let step = from; step < to; step++) {
    const row = ((block[size - 16] as number) & (N - 1)) * size
    for (let i = 0; i < size; i++) block[i] = (block[i] as number) ^ (rows[row + i] as number)
    blockMix(block, mixed)
    block.set(mixed)
  }
}

/**
 * scryptBlockMix. `from` has 2r parts of 64 bytes. The results of even parts go to the first half of `to`, those of odd
 * parts to the second.
 */
function blockMix(from: Uint32Array, to: Uint32Array) {
  const size = from.length
  let before = from
  let at = size - 16
  for (let part = 0; part < size; part += 16) {
    const target = (part >> 5) * 16 + (part & 16 ? size >> 1 : 0)
    salsa(before, at, from, part, to, target)
    before = to
    at = target
  }
}

/** Salsa20/8 of the XOR of two blocks of 16 words: one at `atOne` of `one`, one at `atOther` of `other`. */
function salsa(
  one: Uint32Array,
  atOne: number,
  other: Uint32Array,
  atOther: number,
  to: Uint32Array,
  at: number,
) {
  for (let i = 0; i < 16; i++) {
    to[at + i] = (one[atOne + i] as number) ^ (other[atOther + i] as number)
  }
  let x0 = to[at] as number,
    x1 = to[at + 1] as number,
    x2 = to[at + 2] as number,
    x3 = to[at + 3] as number
  let x4 = to[at + 4] as number,
    x5 = to[at + 5] as number,
    x6 = to[at + 6] as number,
    x7 = to[at + 7] as number
  let x8 = to[at + 8] as number,
    x9 = to[at + 9] as number,
    x10 = to[at + 10] as number,
    x11 = to[at + 11] as number
  let x12 = to[at + 12] as number,
    x13 = to[at + 13] as number,
    x14 = to[at + 14] as number,
    x15 = to[at + 15] as number
  for (let round = 0; round < 8; round += 2) {
    // A round on the columns, then one on the rows (RFC 7914 §3).
    x4 ^= rotated((x0 + x12) | 0, 7)
    x8 ^= rotated((x4 + x0) | 0, 9)
    x12 ^= rotated((x8 + x4) | 0, 13)
    x0 ^= rotated((x12 + x8) | 0, 18)
    x9 ^= rotated((x5 + x1) | 0, 7)
    x13 ^= rotated((x9 + x5) | 0, 9)
    x1 ^= rotated((x13 + x9) | 0, 13)
    x5 ^= rotated((x1 + x13) | 0, 18)
    x14 ^= rotated((x10 + x6) | 0, 7)
    x2 ^= rotated((x14 + x10) | 0, 9)
    x6 ^= rotated((x2 + x14) | 0, 13)
    x10 ^= rotated((x6 + x2) | 0, 18)
    x3 ^= rotated((x15 + x11) | 0, 7)
    x7 ^= rotated((x3 + x15) | 0, 9)
    x11 ^= rotated((x7 + x3) | 0, 13)
    x15 ^= rotated((x11 + x7) | 0, 18)
    x1 ^= rotated((x0 + x3) | 0, 7)
    x2 ^= rotated((x1 + x0) | 0, 9)
    x3 ^= rotated((x2 + x1) | 0, 13)
    x0 ^= rotated((x3 + x2) | 0, 18)
    x6 ^= rotated((x5 + x4) | 0, 7)
    x7 ^= rotated((x6 + x5) | 0, 9)
    x4 ^= rotated((x7 + x6) | 0, 13)
    x5 ^= rotated((x4 + x7) | 0, 18)
    x11 ^= rotated((x10 + x9) | 0, 7)
    x8 ^= rotated((x11 + x10) | 0, 9)
    x9 ^= rotated((x8 + x11) | 0, 13)
    x10 ^= rotated((x9 + x8) | 0, 18)
    x12 ^= rotated((x15 + x14) | 0, 7)
    x13 ^= rotated((x12 + x15) | 0, 9)
    x14 ^= rotated((x13 + x12) | 0, 13)
    x15 ^= rotated((x14 + x13) | 0, 18)
  }
  to[at + 0] = (to[at + 0] as number) + x0
  to[at + 1] = (to[at + 1] as number) + x1
  to[at + 2] = (to[at + 2] as number) + x2
  to[at + 3] = (to[at + 3] as number) + x3
  to[at + 4] = (to[at + 4] as number) + x4
  to[at + 5] = (to[at + 5] as number) + x5
  to[at + 6] = (to[at + 6] as number) + x6
  to[at + 7] = (to[at + 7] as number) + x7
  to[at + 8] = (to[at + 8] as number) + x8
  to[at + 9] = (to[at + 9] as number) + x9
  to[at + 10] = (to[at + 10] as number) + x10
  to[at + 11] = (to[at + 11] as number) + x11
  to[at + 12] = (to[at + 12] as number) + x12
  to[at + 13] = (to[at + 13] as number) + x13
  to[at + 14] = (to[at + 14] as number) + x14
  to[at + 15] = (to[at + 15] as number) + x15
}

const rotated = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits))
