// How `npm run build` makes the code of the npm package: one build, so that the Worker, the schema and the command share one
// user model, and one for the types. build/package.ts then adds all other files (docs/decisions/047).

import { basename } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'
import { codeFolder, entries, libraries } from './build/contents.ts'
import { writeNotices } from './build/notices.ts'

const argon2 = '@phi-ag/argon2/argon2.wasm'

/** The WebAssembly lies beside the code. Wrangler, vitest and the command find it there. */
const wasmBeside = {
  name: 'wasm beside the code',
  resolveId: (id: string) =>
    id === argon2 ? { id: `./${basename(argon2)}`, external: 'relative' as const } : undefined,
}

const shared = {
  outDir: codeFolder,
  format: 'esm',
  platform: 'neutral',
  target: false,
  hash: false,
  // Libraries of the types come from the same list.
  deps: { neverBundle: [/^cloudflare:/, /^node:/], onlyBundle: libraries },
  failOnWarn: true,
} satisfies UserConfig

export default defineConfig([
  {
    ...shared,
    entry: entries,
    dts: false,
    // As `[alias]` in wrangler.toml.
    alias: {
      'postal-mime': './src/stubs/resend-inbound.ts',
      standardwebhooks: './src/stubs/resend-inbound.ts',
      crypto: './src/stubs/node-crypto.ts',
    },
    plugins: [wasmBeside, writeNotices],
  },
])
