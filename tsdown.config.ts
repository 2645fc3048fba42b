// How `npm run build` makes the code of the npm package: one build, so that the Worker, the schema and the command share one
// user model, and one of its types. build/package.ts then adds all other files (docs/decisions/049).

import { basename, resolve } from 'node:path'
import { defineConfig, type UserConfig } from 'tsdown'
import { codeFolder, entries, libraries, modules } from './build/contents.ts'
import { writeNotices } from './build/notices.ts'

const stub = (name: string) => resolve('src/stubs', name)

const argon2 = '@phi-ag/argon2/argon2.wasm'

/** The WebAssembly is beside the code, where wrangler, vitest and the command find it. */
const wasmBeside = {
  name: 'wasm beside the code',
  resolveId: (id: string) =>
    id === argon2 ? { id: `./${basename(argon2)}`, external: 'relative' as const } : undefined,
}

/** In one chunk, so that gzip finds each sentence of a deployer's bundle near its translation: 0.8 KiB less. */
const sentences = {
  name: 'sentences',
  test: /src[\\/](i18n|mail[\\/]templates|pages[\\/](forms|invalid-link))/,
}

const shared = {
  outDir: codeFolder,
  format: 'esm',
  platform: 'neutral',
  target: false,
  // csv-parse writes `stream` without `node:`.
  deps: { neverBundle: [/^cloudflare:/, /^node:/, 'stream'] },
  // As `[alias]` in wrangler.toml.
  alias: {
    'postal-mime': stub('resend-inbound.ts'),
    standardwebhooks: stub('resend-inbound.ts'),
    crypto: stub('node-crypto.ts'),
  },
  checks: { pluginTimings: false },
  failOnWarn: true,
  suppressWarnings: 'TypeScript 7.0 does not yet have a stable API',
} satisfies UserConfig

export default defineConfig([
  {
    ...shared,
    name: 'code',
    entry: entries,
    dts: false,
    deps: { ...shared.deps, onlyBundle: libraries },
    outputOptions: { codeSplitting: { groups: [sentences] } },
    plugins: [wasmBeside, writeNotices],
  },
  {
    ...shared,
    name: 'types',
    entry: modules,
    dts: { emitDtsOnly: true },
    tsconfig: 'tsconfig.build.json',
    clean: false,
    deps: { ...shared.deps, onlyBundle: false },
    plugins: [wasmBeside],
  },
])
