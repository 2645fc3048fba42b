// Argon2 in Node, by the same code as in the Worker. Its WebAssembly comes from the package's file.

import { readFileSync } from 'node:fs'
import { argon2 } from '../src/passwords/argon2.ts'
import { wasmMemory } from '../src/passwords/wasm-memory.ts'
import { argon2File } from './package.ts'

export const nodeArgon2 = () => argon2(wasmMemory(compile(readFileSync(argon2File()))))

/** Node compiles WebAssembly from bytes. By its types, the Workers' runtime does not. */
const compile = (bytes: Uint8Array): WebAssembly.Module =>
  Reflect.construct(WebAssembly.Module, [bytes])
