// The reference C of Argon2 as WebAssembly, from @phi-ag/argon2. That package's JavaScript is not used: it takes the
// UTF-16 length of a password for its length in bytes, and so cuts the password short.

import type { Exports, WasmMemory } from './wasm-memory.ts'

export interface Argon2Parameters {
  type: 'd' | 'i' | 'id'
  version: number
  /** KiB. */
  memory: number
  /** Passes over the memory. */
  time: number
  lanes: number
  salt: Uint8Array
  /** Length of the hash in bytes. */
  length: number
}

export type DeriveArgon2 = (password: Uint8Array, parameters: Argon2Parameters) => Uint8Array

/** Bytes that the C code allocates besides the memory that it fills. */
const workspace = 64 * 1024

export const argon2Wasm =
  ({ call }: WasmMemory): DeriveArgon2 =>
  (password, parameters) =>
    call(parameters.memory * 1024 + sizeOf(password, parameters) + workspace, (exports) =>
      hashWith(exports, password, parameters),
    )

/** Bytes of the block that holds password, salt and hash. */
const sizeOf = (password: Uint8Array, { salt, length }: Argon2Parameters) =>
  password.length + salt.length + length

const types = { d: 0, i: 1, id: 2 }

function hashWith(
  exports: Exports,
  password: Uint8Array,
  parameters: Argon2Parameters,
): Uint8Array {
  const { time, memory, lanes, salt, length, type, version } = parameters
  const size = sizeOf(password, parameters)
  const start = exports.malloc(size)
  if (start === 0) throw new Error('argon2: no memory')
  // A new view each time: when the memory grows, its old buffer is detached.
  const block = () => new Uint8Array(exports.memory.buffer, start, size)
  try {
    block().set(password)
    block().set(salt, password.length)
    const input = [start, password.length, start + password.length, salt.length]
    // 0, 0: no buffer for the encoded form, which the C code could write too.
    const output = [start + size - length, length, 0, 0]
    const code = exports.argon2_hash(time, memory, lanes, ...input, ...output, types[type], version)
    if (code !== 0) throw new Error(`argon2: error ${code}`)
    return block().slice(size - length)
  } finally {
    block().fill(0)
    exports.free(start)
  }
}
