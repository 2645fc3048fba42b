// Argon2 in Django's encoded form: argon2id is written, and all three types are read. The caller passes the memory with
// its compiled module, so that the commands in Node use this code too. They cannot import WebAssembly as a Worker does.

import { equalBytes, fromBase64, toBase64, utf8 } from '../encoding.ts'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import { type Argon2Parameters, argon2Wasm } from './argon2-wasm.ts'
import type { Comparison } from './comparison.ts'
import { smallMemory, type WasmMemory } from './wasm-memory.ts'

export interface Cost {
  /** KiB. */
  memory: number
  /** Passes over the memory. */
  time: number
}

export type Argon2 = ReturnType<typeof argon2>

export function argon2(memory: WasmMemory) {
  const derive = argon2Wasm(memory)

  return {
    /** @param length of the hash, in bytes */
    hash(password: string, cost: Cost, salt = newSalt(), length = 32): string {
      const { memory, time } = cost
      const parameters = {
        type: 'id',
        version: 19,
        memory,
        time,
        lanes: 1,
        salt: utf8(salt),
        length,
      } as const
      return encode(parameters, derive(utf8(password), parameters))
    },

    read(encoded: string): Comparison | 'unsupported' {
      const parsed = parse(encoded)
      if (!parsed) return 'unsupported'
      if (!isWithinBounds(parsed)) return tooExpensive(`argon2 with ${costOf(parsed)}`)
      return {
        isSlow: isSlow(parsed),
        matches: (password) => equalBytes(derive(utf8(password), parsed), parsed.hash),
      }
    },
  }
}

/** Whether a hash of this cost takes more than 60 ms of CPU, or memory that scrypt may have reserved. */
export const isSlow = ({ memory, time }: Cost) => memory > smallMemory || memory * time > 4 * 19_456

/** Whether the hash is what `hash` would write now: exactly this cost, and the same type, version and sizes. */
export function isCurrentCost(encoded: string, cost: Cost): boolean {
  const parsed = parse(encoded)
  return (
    parsed?.type === 'id' &&
    parsed.version === 19 &&
    parsed.memory === cost.memory &&
    parsed.time === cost.time &&
    parsed.lanes === 1 &&
    parsed.salt.length >= 16 &&
    parsed.length === 32
  )
}

/** 128 random bits as 22 ASCII characters, as long as Django's salt. These characters' bytes are the salt. */
export const newSalt = () => unpadded(crypto.getRandomValues(new Uint8Array(16)))

const unpadded = (bytes: Uint8Array) => toBase64(bytes).replace(/=+$/, '')

const costOf = ({ memory, time, lanes }: Argon2Parameters) => `m=${memory},t=${time},p=${lanes}`

function encode(parameters: Argon2Parameters, hash: Uint8Array): string {
  const { type, version, salt } = parameters
  return `argon2$argon2${type}$v=${version}$${costOf(parameters)}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Releases of argon2 before 1.3 wrote no version: it was 16. */
const argon2Pattern =
  /^argon2\$argon2(d|i|id)(?:\$v=(16|19))?\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/

function parse(encoded: string): (Argon2Parameters & { hash: Uint8Array }) | undefined {
  const [, type, version = '16', memory, time, lanes, salt = '', hash = ''] =
    argon2Pattern.exec(encoded) ?? []
  const saltBytes = fromBase64(salt)
  const hashBytes = fromBase64(hash)
  if (!saltBytes || !hashBytes) return undefined
  return {
    type: type as Argon2Parameters['type'],
    version: Number(version),
    memory: Number(memory),
    time: Number(time),
    lanes: Number(lanes),
    salt: saltBytes,
    length: hashBytes.length,
    hash: hashBytes,
  }
}

/** The lower bounds of salt and hash are those of the reference C. */
const isWithinBounds = ({ memory, time, lanes, salt, length }: Argon2Parameters) =>
  isWithinLimit.argon2([memory, time, lanes]) && salt.length >= 8 && length >= 4
