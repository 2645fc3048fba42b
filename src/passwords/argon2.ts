// Argon2id in Django's encoded form. The memory comes with its module compiled, so that Node's tools, which cannot
// import WebAssembly as Workers do, use the same code.

import { equalBytes, utf8 } from '../encoding.ts'
import { isWithinLimit, tooExpensive } from '../settings/hash-limits.ts'
import { argon2Wasm, type Parameters } from './argon2-wasm.ts'
import { fromBase64, toBase64 } from './bytes.ts'
import type { Comparison } from './comparison.ts'
import { smallMemory, type WasmMemory } from './wasm-memory.ts'

export interface Cost {
  /** In KiB. */
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
      const parameters: Parameters = {
        ...{ type: 'id', version: 19, lanes: 1, length },
        ...{ memory: cost.memory, time: cost.time, salt: utf8(salt) },
      }
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

/** Whether such a hash takes more than 60 ms of CPU, or memory that scrypt may have borrowed. */
export const isSlow = ({ memory, time }: Cost) => memory > smallMemory || memory * time > 4 * 19_456

/** Whether the hash is of exactly this cost, and in all else as it would be made now. */
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

/** 128 random bits as 22 ASCII characters, as long as Django's salt; their bytes are the salt. */
export const newSalt = () => unpadded(crypto.getRandomValues(new Uint8Array(16)))

const unpadded = (bytes: Uint8Array) => toBase64(bytes).replace(/=+$/, '')

const costOf = ({ memory, time, lanes }: Parameters) => `m=${memory},t=${time},p=${lanes}`

function encode(parameters: Parameters, hash: Uint8Array): string {
  const { type, version, salt } = parameters
  return `argon2$argon2${type}$v=${version}$${costOf(parameters)}$${unpadded(salt)}$${unpadded(hash)}`
}

// Before argon2 1.3 the version was not told.
const form = /^argon2\$argon2(d|i|id)(?:\$v=(16|19))?\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/

function parse(encoded: string): (Parameters & { hash: Uint8Array }) | undefined {
  const [, type, version = '16', memory, time, lanes, salt = '', hash = ''] =
    form.exec(encoded) ?? []
  const saltBytes = fromBase64(salt)
  const hashBytes = fromBase64(hash)
  if (!saltBytes || !hashBytes) return undefined
  return {
    type: type as Parameters['type'],
    version: Number(version),
    memory: Number(memory),
    time: Number(time),
    lanes: Number(lanes),
    salt: saltBytes,
    length: hashBytes.length,
    hash: hashBytes,
  }
}

/** The lower bounds of salt and hash are the reference's. */
const isWithinBounds = ({ memory, time, lanes, salt, length }: Parameters) =>
  isWithinLimit.argon2([memory, time, lanes]) && salt.length >= 8 && length >= 4
