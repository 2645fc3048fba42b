// How much of an isolate's 128 MB a hash of Django's own cost takes, and that it gives it back.

import compiled from '@phi-ag/argon2/argon2.wasm'
import { afterEach, expect, test, vi } from 'vitest'
import { argon2 } from '../../src/passwords/argon2.ts'
import vectors from '../vectors/passwords.json'

const mebibyte = 1024 * 1024
const here = { memory: 19_456, time: 1 }
const django = vectors.argon2.find(({ name }) => name === 'the default cost of Django')

/** The memories of the instances that are made. */
function watched(): WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = []
  const { Instance } = WebAssembly
  vi.spyOn(WebAssembly, 'Instance').mockImplementation(function instance(module, imports) {
    const made = new Instance(module, imports)
    memories.push(made.exports.memory as WebAssembly.Memory)
    return made
  })
  return memories
}

afterEach(() => vi.restoreAllMocks())

test('a hash of 100 MiB has an instance of its own, and none is left of it', async ({
  annotate,
}) => {
  const memories = watched()
  const { hash, verify } = argon2(compiled)
  const sizes = () => memories.map(({ buffer }) => Math.ceil(buffer.byteLength / mebibyte))

  hash('small', here)
  expect(sizes()).toEqual([20])
  expect(verify(django?.password ?? '', django?.encoded ?? '')).toBe(true)
  expect(sizes()).toEqual([20, 101])
  await annotate(`peak of m=102400: ${sizes()[1]} MiB; kept: ${sizes()[0]} MiB`)

  // The one before was let go of as well, so that both were never held.
  hash('small', here)
  expect(sizes()).toEqual([20, 101, 20])
  hash('small again', here)
  expect(sizes(), 'and the last is kept').toEqual([20, 101, 20])
})
