// The rounds of PBKDF2 (RFC 8018 §5.2): U = HMAC(password, U), and the sum of all. Each message is as long as a digest,
// so that each HMAC is two blocks whose padding never changes.

import type { Digest, Words } from './compress.ts'

/** A derivation under way. */
interface Rounds {
  /** Goes on by so many. */
  run: (count: number) => void
  /** What is derived. */
  sum: () => Uint8Array
}

/**
 * @param key of HMAC, 64 bytes
 * @param first what the first round made
 */
export function roundsAfter(
  { start, compress }: Digest,
  key: Uint8Array,
  first: Uint8Array,
): Rounds {
  const size = start.length
  const inner = keyed(0x36)
  const outer = keyed(0x5c)
  const made = wordsOf(first)
  const sum = made.slice()
  const block = new Int32Array(16)

  function keyed(pad: number): Words {
    const state = Int32Array.from(start)
    compress(state, wordsOf(key.map((byte) => byte ^ pad)))
    return state
  }

  /** Puts the digest of `made`, after what the key made, in its place. */
  function digest(keyedState: Words) {
    block.fill(0)
    block.set(made)
    block[size] = 0x80000000 // the padding, and how many bits there are
    block[15] = 8 * (64 + 4 * size)
    made.set(keyedState)
    compress(made, block)
  }

  return {
    run(count) {
      for (let round = 0; round < count; round++) {
        digest(inner)
        digest(outer)
        for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) ^ (made[i] as number)
      }
    },
    sum: () => bytesOf(sum),
  }
}

function wordsOf(bytes: Uint8Array): Words {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i))
}

function bytesOf(words: Words): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length))
  for (const [i, word] of words.entries()) view.setInt32(4 * i, word)
  return new Uint8Array(view.buffer)
}
