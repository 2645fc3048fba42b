// The reference C of Argon2 as WebAssembly, from @phi-ag/argon2 without its JavaScript, which takes
// a password's UTF-16 length for its length in bytes and so cuts it short.

import type { Exports, WasmMemory } from './wasm-memory.ts'

export interface Parameters {
  type: 'd' | 'i' | 'id'
  version: number
  /** In KiB. */
  memory: number
  /** Passes over the memory. */
  time: number
  lanes: number
  salt: Uint8Array
  /** Of the hash, in bytes. */
  length: number
}

export type Derive = (password: Uint8Array, parameters: Parameters) => Uint8Array

// What the C takes beside the memory that it fills.
const overhead = 64 * 1024

export const argon2Wasm =
  ({ call }: WasmMemory): Derive =>
  (password, parameters) =>
    call(parameters.memory * 1024 + sizeOf(password, parameters) + overhead, (exports) =>
      run(exports, password, parameters),
    )

const sizeOf = (password: Uint8Array, { salt, length }: Parameters) =>
  password.length + salt.length + length

const types = { d: 0, i: 1, id: 2 }

function run(exports: Exports, password: Uint8Array, parameters: Parameters): Uint8Array {
  const { time, memory, lanes, salt, length, type, version } = parameters
  const size = sizeOf(password, parameters)
  const start = exports.malloc(size)
  if (start === 0) throw new Error('argon2: no memory')
  // A new view each time: the buffer is another one after the memory has grown.
  const block = () => new Uint8Array(exports.memory.buffer, start, size)
  try {
    block().set(password)
    block().set(salt, password.length)
    const input = [start, password.length, start + password.length, salt.length]
    const output = [start + size - length, length, 0, 0] // 0, 0: the encoding is not the C's
    const code = exports.argon2_hash(time, memory, lanes, ...input, ...output, types[type], version)
    if (code !== 0) throw new Error(`argon2: error ${code}`)
    return block().slice(size - length)
  } finally {
    block().fill(0)
    exports.free(start)
  }
}
