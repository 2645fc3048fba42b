// The one instance of Argon2's WebAssembly in an isolate, and its memory. An isolate has 128 MB, the memory of an
// instance never shrinks, and V8 collects instances late. So the instance is kept, and scrypt reserves part of its
// memory (docs/decisions/026).

export interface Exports {
  memory: WebAssembly.Memory
  /** Returns 0 if there is no room. */
  malloc: (bytes: number) => number
  free: (pointer: number) => void
  argon2_hash: (...parameters: number[]) => number
  _initialize: () => void
}

/** Memory that stays reserved over several tasks. */
interface Reservation {
  /**
   * A view of it. Must be called again in each task: when the memory grows, earlier views are detached.
   * @throws Error if another request has reserved memory in the meantime
   */
  words: () => Uint32Array
  release: () => void
}

export interface WasmMemory {
  /** Makes room for `bytes` in the instance, and calls `work` with it. The call must free the memory that it allocates. */
  call: <T>(bytes: number, work: (exports: Exports) => T) => T
  /** Only for the first request of the hash queue (hash-queue.ts): there is one reservation at a time. */
  reserve: (bytes: number) => Reservation
}

/**
 * The most memory in KiB that a call may fill besides the 64 MiB that scrypt may have reserved. Only the first request of
 * the hash queue may fill more.
 */
export const smallMemory = 36 * 1024

/**
 * The most bytes that a call needs besides the memory that it fills: for the password, and for the workspace of the C
 * code.
 */
const callOverhead = 2 * 1024 * 1024

/** Creates the instance at its first use, never in global scope. */
export function wasmMemory(module: WebAssembly.Module): WasmMemory {
  let current: Instance | undefined
  const instance = () => {
    current ??= instantiate(module)
    return current
  }

  return {
    call(bytes, work) {
      const used = instance()
      // Only the first request of the queue makes so large a call. So the request that reserved memory has ended.
      if (bytes > smallMemory * 1024 + callOverhead) used.endReservation()
      used.makeRoom(bytes)
      try {
        return work(used.exports)
      } catch (error) {
        // After a trap, the state of the instance is unknown.
        if (error instanceof WebAssembly.RuntimeError) current = undefined
        throw error
      }
    },

    reserve(bytes) {
      const used = instance()
      used.endReservation()
      const pointer = used.reserve(bytes)
      const isActive = () => current === used && used.reserved()?.pointer === pointer
      return {
        words() {
          if (!isActive()) throw new Error('the reserved memory has been released')
          return new Uint32Array(used.exports.memory.buffer, pointer, bytes / 4)
        },
        release() {
          if (isActive()) used.endReservation()
        },
      }
    },
  }
}

type Instance = ReturnType<typeof instantiate>

function instantiate(module: WebAssembly.Module) {
  const exports = new WebAssembly.Instance(module).exports as unknown as Exports
  exports._initialize()
  /** The bytes for which the memory has room, including the reserved ones. */
  let size = 0
  let reservation: { pointer: number; bytes: number } | undefined

  /** Ensures that this many bytes are free. Requests only the missing ones from the allocator. */
  function makeRoom(bytes: number) {
    const free = size - (reservation?.bytes ?? 0)
    if (bytes <= free) return
    // For a request that does not fit, the allocator grows the memory by all of its bytes, and ignores the free bytes at the
    // end. So the free bytes are allocated first, and then only the missing bytes.
    const rest = free > 0 ? exports.malloc(free) : 0
    const missing = exports.malloc(bytes - free)
    for (const pointer of [missing, rest]) if (pointer !== 0) exports.free(pointer)
    if (missing === 0) throw new Error('no memory')
    size += bytes - free
  }

  return {
    exports,
    makeRoom,
    reserved: () => reservation,
    reserve(bytes: number) {
      makeRoom(bytes)
      const pointer = exports.malloc(bytes)
      if (pointer === 0) throw new Error('no memory')
      reservation = { pointer, bytes }
      return pointer
    },
    endReservation() {
      if (reservation) exports.free(reservation.pointer)
      reservation = undefined
    },
  }
}
