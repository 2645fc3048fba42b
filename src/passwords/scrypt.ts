// Django's `scrypt$<N>$<salt>$<r>$<p>$<base64>` (RFC 7914 §6): read, never written.

import { equalBytes, utf8 } from '../encoding.ts'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import { fromBase64 } from './bytes.ts'
import type { Comparison, Read } from './comparison.ts'
import type { Pause } from './hash-queue.ts'
import { hmacKey } from './pbkdf2.ts'
import { blocksOfSlice, romix } from './romix.ts'
import type { WasmMemory } from './wasm-memory.ts'

interface ScryptCost {
  N: number
  r: number
  p: number
}

const form = /^scrypt\$(\d+)\$([^$]+)\$(\d+)\$(\d+)\$([^$]+)$/

export function scryptReader(memory: WasmMemory): Read {
  const derive = scrypt(memory)

  return function read(encoded): Comparison | 'unsupported' {
    const [, N, salt = '', r, p, hash = ''] = form.exec(encoded) ?? []
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

/** The holder of the lane alone may derive, since it borrows memory. */
export const scrypt =
  (memory: WasmMemory) =>
  async (
    password: Uint8Array,
    salt: Uint8Array,
    { N, r, p }: ScryptCost,
    pause: Pause,
  ): Promise<Uint8Array> => {
    const size = 128 * r
    const blocks = await oneRound(password, salt, size * p)
    const loan = memory.lend(size * N)
    let spent = 0
    const spend = async (more: number) => {
      spent += more
      if (spent <= blocksOfSlice) return
      spent = more
      await pause()
    }
    try {
      for (let i = 0; i < p; i++) {
        const block = new Uint32Array(blocks.buffer, i * size, size / 4)
        await romix(block, N, loan.words, spend)
      }
    } finally {
      loan.release()
    }
    return oneRound(password, blocks, 64)
  }

/** PBKDF2 in one round, of any length; that of WebCrypto makes 8,160 bytes at most. */
async function oneRound(password: Uint8Array, salt: Uint8Array, length: number) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = await hmacKey('SHA-256', password)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign'])
  const message = new Uint8Array(salt.length + 4)
  message.set(salt)
  const numbered = new DataView(message.buffer)
  const made = new Uint8Array(length)
  for (let at = 0; at < length; at += 32) {
    numbered.setUint32(salt.length, at / 32 + 1)
    made.set(new Uint8Array(await crypto.subtle.sign('HMAC', key, message)), at)
  }
  return made
}
