// An isolate has 128 MB. All its hashes share one instance of WebAssembly. The memory of that instance is bounded,
// however many hashes there are and however large they are.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import { scrypt } from '../../src/passwords/scrypt.ts'
import { smallMemory, wasmMemory } from '../../src/passwords/wasm-memory.ts'
import vectors from '../vectors/passwords.json'

const mebibyte = 1024 * 1024
const maxSize = 101 // MiB
const ownCost = { memory: 19_456, time: 1 }
const djangoHash = vectors.argon2.find(({ name }) => name === 'the default cost of Django')
const large = { N: 65_536, r: 8, p: 1 }

let memories: WebAssembly.Memory[] = []

beforeEach(() => {
  memories = []
  const { Instance } = WebAssembly
  vi.spyOn(WebAssembly, 'Instance').mockImplementation(function instance(module, imports) {
    const instance = new Instance(module, imports)
    memories.push(instance.exports.memory as WebAssembly.Memory)
    return instance
  })
})
afterEach(() => vi.restoreAllMocks())

/** MiB of each instance that was made. */
const sizes = () => memories.map(({ buffer }) => buffer.byteLength / mebibyte)
const noPause = async () => {}
const bytes = new Uint8Array(16)

function hashers() {
  const memory = wasmMemory(compiled)
  const { hash, read } = argon2(memory)
  const verify = async (password = '', encoded = '') => {
    const comparison = read(encoded)
    return comparison !== 'unsupported' && comparison.matches(password, noPause)
  }
  return { hash, verify, derive: scrypt(memory) }
}

test('twenty hashes of 100 MiB, with smaller ones between them, use one instance and 101 MiB', async () => {
  const { hash, verify } = hashers()
  hash('small', ownCost)
  expect(sizes()).toEqual([expect.closeTo(19.5, 0)])

  for (let i = 0; i < 20; i++) {
    hash('large', { memory: 102_400, time: 1 })
    hash('small', ownCost)
  }
  expect(await verify(djangoHash?.password, djangoHash?.encoded)).toBe(true)

  expect(sizes()).toHaveLength(1)
  expect(sizes()[0]).toBeLessThan(maxSize)
})

test('scrypt of 64 MiB uses the same memory, and so do hashes during its pauses', async () => {
  const { hash, verify, derive } = hashers()
  const alone = await derive(bytes, bytes, large, noPause)
  let pauses = 0
  const interrupted = await derive(bytes, bytes, large, async () => {
    if (pauses++ % 10 === 0) hash('in a pause', { memory: smallMemory, time: 1 })
  })

  expect(interrupted).toEqual(alone)
  expect(await verify(djangoHash?.password, djangoHash?.encoded)).toBe(true)
  expect(await derive(bytes, bytes, large, noPause)).toEqual(alone)
  expect(sizes()).toHaveLength(1)
  expect(sizes()[0]).toBeLessThan(maxSize)
})

test('the next request can use the memory that a request had not released when it ended', async () => {
  const { verify, derive } = hashers()
  const neverEnds = new Promise<void>(() => {})
  for (let i = 0; i < 3; i++) void derive(bytes, bytes, large, () => neverEnds)
  await vi.waitFor(() => expect(sizes()[0]).toBeGreaterThan(64))

  expect(await verify(djangoHash?.password, djangoHash?.encoded)).toBe(true)
  await derive(bytes, bytes, large, noPause)
  expect(sizes()).toHaveLength(1)
  expect(sizes()[0]).toBeLessThan(maxSize)
})

test('a request whose reserved memory was released cannot use it any more', async () => {
  const { derive } = hashers()
  let resume = () => {}
  const halted = derive(bytes, bytes, large, () => new Promise((resolve) => (resume = resolve)))
  await vi.waitFor(() => expect(sizes()[0]).toBeGreaterThan(64))
  const refused = expect(halted).rejects.toThrow('the reserved memory has been released')

  await derive(bytes, bytes, large, noPause)
  resume()
  await refused
})

test('an instance is not used again after a trap', async () => {
  const memory = wasmMemory(compiled)
  const trap = () =>
    memory.call(1, () => {
      throw new WebAssembly.RuntimeError('unreachable')
    })
  expect(trap).toThrow('unreachable')
  expect(argon2(memory).hash('password', { memory: 64, time: 1 })).toMatch(/^argon2\$/)
  expect(sizes()).toHaveLength(2)
})
