// Builds what `npm run deploy` would send, and weighs it: JavaScript and WebAssembly, gzipped.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { fail } from './fail.ts'
import { askWrangler } from './wrangler.ts'

const budget = 150 // KiB

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
const build = ['deploy', '--dry-run', '--minify', '--outdir', directory]
const { succeeded, output } = await askWrangler(build)
if (!succeeded) fail(output)

const sizes = readdirSync(directory)
  .filter((name) => /\.(js|wasm)$/.test(name))
  .map((name) => ({ name, kib: gzipSync(readFileSync(join(directory, name))).length / 1024 }))
const total = sizes.reduce((sum, { kib }) => sum + kib, 0)
const parts = sizes.map(({ name, kib }) => `${name} ${kib.toFixed(1)}`).join(', ')
const sentence = `${total.toFixed(1)} KiB gzipped of ${budget} (${parts})`
if (sizes.length === 0 || total >= budget) fail(`The bundle is past its budget: ${sentence}`)
console.log(sentence)
