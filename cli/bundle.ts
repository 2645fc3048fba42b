// Part of `npm run check`: builds the bundle that `npm run deploy` sends, and fails if its JavaScript and WebAssembly,
// gzipped, reach the budget.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { bundleBudget as budget } from '../build/contents.ts'
import { fail } from './fail.ts'
import { runWrangler } from './wrangler.ts'

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const build = ['deploy', '--dry-run', '--minify', '--outdir', directory]
  const { succeeded, output } = await runWrangler(build)
  if (!succeeded) fail(output)

  const sizes = readdirSync(directory)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .map((name) => ({ name, kib: gzipSync(readFileSync(join(directory, name))).length / 1024 }))
  const total = sizes.reduce((sum, { kib }) => sum + kib, 0)
  const parts = sizes.map(({ name, kib }) => `${name} ${kib.toFixed(1)}`).join(', ')
  const summary = `${total.toFixed(1)} KiB gzipped of ${budget} (${parts})`
  if (sizes.length === 0 || total >= budget) fail(`The bundle exceeds its budget: ${summary}`)
  console.log(summary)
}

await main()
