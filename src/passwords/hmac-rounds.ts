// The rounds of PBKDF2 (RFC 8018 §5.2): each is U = HMAC(password, U), and the result is the XOR of all U. A message is
// as long as a digest, so each HMAC is two blocks whose padding never changes.

import type { Digest, Words } from './compress.ts'

/** A derivation in progress. */
interface Rounds {
  /** Does `count` more rounds. */
  run: (count: number) => void
  /** The result of the rounds so far. */
  sum: () => Uint8Array
}

/**
 * Continues a derivation after its first round.
 * @param key of HMAC, 64 bytes
 * @param first the result of the first round
 */
export function roundsAfter(
  { start, compress }: Digest,
  key: Uint8Array,
  first: Uint8Array,
): Rounds {
  const size = start.length
  const inner = stateAfterKey(0x36)
  const outer = stateAfterKey(0x5c)
  const current = wordsOf(first)
  const sum = current.slice()
  const block = new Int32Array(16)

  /** The digest's state after the key's block (RFC 2104 §2), which is the same in every round. */
  function stateAfterKey(pad: number): Words {
    const state = Int32Array.from(start)
    compress(state, wordsOf(key.map((byte) => byte ^ pad)))
    return state
  }

  /** Replaces `current` by its digest, computed from the state after the key's block. */
  function digest(state: Words) {
    block.fill(0)
    block.set(current)
    // The padding, and the number of bits (FIPS 180-4 §5.1.1).
    block[size] = 0x80000000
    block[15] = 8 * (64 + 4 * size)
    current.set(state)
    compress(current, block)
  }

  return {
    run(count) {
      for (let round = 0; round < count; round++) {
        digest(inner)
        digest(outer)
        for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) ^ (current[i] as number)
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
