// Django's `scrypt$<N>$<salt>$<r>$<p>$<base64>` (RFC 7914 §6): read, never written.

import { equalBytes, fromBase64, utf8 } from '../encoding.ts'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import type { Comparison, HashReader } from './comparison.ts'
import type { Pause } from './hash-queue.ts'
import { hmacKey } from './pbkdf2.ts'
import { blocksPerSlice, romix } from './romix.ts'
import type { WasmMemory } from './wasm-memory.ts'

/** RFC 7914 §2. */
interface ScryptCost {
  N: number
  r: number
  p: number
}

const scryptPattern = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/

export function scryptReader(memory: WasmMemory): HashReader {
  const derive = scrypt(memory)

  return function read(encoded): Comparison | 'unsupported' {
    const [, N, salt = '', r, p, hash = ''] = scryptPattern.exec(encoded) ?? []
    const expected = fromBase64(hash)
    if (expected?.length !== 64) return 'unsupported'
    const cost = { N: Number(N), r: Number(r), p: Number(p) }
    if (!isWithinLimit.scrypt([cost.N, cost.r, cost.p]))
      return tooExpensive(`scrypt with N=${N}, r=${r}, p=${p}`)
    return {
      isSlow: true,
      matches: async (password, pause) =>
        equalBytes(await derive(utf8(password), utf8(salt), cost, pause), expected),
    }
  }
}

/** Derives 64 bytes. Only the first request of the hash queue may call it, since it reserves memory. */
export const scrypt =
  (memory: WasmMemory) =>
  async (
    password: Uint8Array,
    salt: Uint8Array,
    { N, r, p }: ScryptCost,
    pause: Pause,
  ): Promise<Uint8Array> => {
    const size = 128 * r
    const blocks = await pbkdf2OneRound(password, salt, size * p)
    const reserved = memory.reserve(size * N)
    let spent = 0
    const beforeWork = async (salsaBlocks: number) => {
      spent += salsaBlocks
      if (spent <= blocksPerSlice) return
      spent = salsaBlocks
      await pause()
    }
    try {
      for (let i = 0; i < p; i++) {
        const block = new Uint32Array(blocks.buffer, i * size, size / 4)
        await romix(block, N, reserved.words, beforeWork)
      }
    } finally {
      reserved.release()
    }
    return pbkdf2OneRound(password, blocks, 64)
  }

/** PBKDF2 with one round and a result of any length. WebCrypto's PBKDF2 gives at most 8,160 bytes. */
async function pbkdf2OneRound(password: Uint8Array, salt: Uint8Array, length: number) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = await hmacKey('SHA-256', password)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  // The salt and the number of the block, from 1 (RFC 8018 §5.2).
  const message = new Uint8Array(salt.length + 4)
  message.set(salt)
  const view = new DataView(message.buffer)
  const derived = new Uint8Array(length)
  for (let at = 0; at < length; at += 32) {
    view.setUint32(salt.length, at / 32 + 1)
    derived.set(new Uint8Array(await crypto.subtle.sign('HMAC', key, message)), at)
  }
  return derived
}
