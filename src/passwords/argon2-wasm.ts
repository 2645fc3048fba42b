// The reference C of Argon2 as WebAssembly, from @phi-ag/argon2 without its JavaScript, which takes
// a password's UTF-16 length for its length in bytes and so cuts it short.

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

// WebAssembly's memory never shrinks, so an instance that had to grow past this is not kept.
const keptMemory = 32 * 1024 // KiB

/** Instantiates at the first use, never in global scope. */
export function argon2Wasm(module: WebAssembly.Module): Derive {
  let kept: Exports | undefined

  return function derive(password, parameters) {
    const isLarge = parameters.memory > keptMemory
    const exports = (!isLarge && kept) || instantiate(module)
    kept = undefined // one that fails is not used again, and a large one finds its place free
    const hash = run(exports, password, parameters)
    if (!isLarge) kept = exports
    return hash
  }
}

interface Exports {
  memory: WebAssembly.Memory
  malloc: (bytes: number) => number
  free: (pointer: number) => void
  argon2_hash: (...parameters: number[]) => number
  _initialize: () => void
}

function instantiate(module: WebAssembly.Module): Exports {
  const exports = new WebAssembly.Instance(module).exports as unknown as Exports
  exports._initialize()
  return exports
}

const types = { d: 0, i: 1, id: 2 }

function run(exports: Exports, password: Uint8Array, parameters: Parameters): Uint8Array {
  const { time, memory, lanes, salt, length, type, version } = parameters
  const size = password.length + salt.length + length
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
