// The one instance of Argon2's WebAssembly in an isolate, which has 128 MB, and its memory. That never shrinks, and V8
// collects an instance late: so it is kept and used again, by scrypt too (docs/decisions/026).

export interface Exports {
  memory: WebAssembly.Memory
  /** 0 where there is no room. */
  malloc: (bytes: number) => number
  free: (pointer: number) => void
  argon2_hash: (...parameters: number[]) => number
  _initialize: () => void
}

/** Memory that is held over several tasks. */
interface Loan {
  /** To be asked for in each task: as the memory grows, earlier views of it end. */
  words: () => Uint32Array
  release: () => void
}

export interface WasmMemory {
  /** Calls the instance, which then has room for that many bytes; the call leaves nothing in it. */
  call: <T>(bytes: number, work: (exports: Exports) => T) => T
  /** Only to the holder of the lane (lane.ts), and so to one at a time. */
  lend: (bytes: number) => Loan
}

/** In KiB: what has room beside the 64 MiB that scrypt may borrow. More is used by the holder of the lane alone. */
export const smallMemory = 36 * 1024

// Of a call: the password, and what the C takes beside the memory that it fills.
const overhead = 2 * 1024 * 1024

/** Instantiates at the first use, never in global scope. */
export function wasmMemory(module: WebAssembly.Module): WasmMemory {
  let kept: Kept | undefined
  const instance = () => {
    kept ??= instantiate(module)
    return kept
  }

  return {
    call(bytes, work) {
      const used = instance()
      // The caller holds the lane now: the request that borrowed is gone.
      if (bytes > smallMemory * 1024 + overhead) used.endLoan()
      used.makeRoom(bytes)
      try {
        return work(used.exports)
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) kept = undefined // no state to rely on
        throw error
      }
    },

    lend(bytes) {
      const used = instance()
      used.endLoan()
      const pointer = used.lend(bytes)
      const isMine = () => kept === used && used.lent()?.pointer === pointer
      return {
        words() {
          if (!isMine()) throw new Error('a loan of memory is over')
          return new Uint32Array(used.exports.memory.buffer, pointer, bytes / 4)
        },
        release() {
          if (isMine()) used.endLoan()
        },
      }
    },
  }
}

type Kept = ReturnType<typeof instantiate>

function instantiate(module: WebAssembly.Module) {
  const exports = new WebAssembly.Instance(module).exports as unknown as Exports
  exports._initialize()
  let claimed = 0
  let loan: { pointer: number; bytes: number } | undefined

  /** Makes the memory grow by what is missing, and by no more. */
  function makeRoom(bytes: number) {
    const free = claimed - (loan?.bytes ?? 0)
    if (bytes <= free) return
    // The allocator does not count what is free at the end towards what it asks for: so that is taken first.
    const taken = free > 0 ? exports.malloc(free) : 0
    const more = exports.malloc(bytes - free)
    for (const pointer of [more, taken]) if (pointer !== 0) exports.free(pointer)
    if (more === 0) throw new Error('no memory')
    claimed += bytes - free
  }

  return {
    exports,
    makeRoom,
    lent: () => loan,
    lend(bytes: number) {
      makeRoom(bytes)
      const pointer = exports.malloc(bytes)
      if (pointer === 0) throw new Error('no memory')
      loan = { pointer, bytes }
      return pointer
    },
    endLoan() {
      if (loan) exports.free(loan.pointer)
      loan = undefined
    },
  }
}
