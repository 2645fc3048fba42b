// What the npm package is made of.

import manifest from '../package.json' with { type: 'json' }

/** The folder that `npm pack ./dist/package` packs. */
export const packageFolder = 'dist/package'
export const codeFolder = `${packageFolder}/dist`
export const notices = 'THIRD-PARTY-LICENSES.txt'
/** For editors: the JSON schema of a project's wrangler.toml (docs/decisions/058). */
export const schemaFile = 'wrangler.schema.json'

/** By subpath of the package: its file here. */
const subpaths = Object.entries(manifest.exports).filter(([, file]) => file.endsWith('.ts'))

const nameOf = (subpath: string) => (subpath === '.' ? 'index' : subpath.replace('./', ''))

/** The modules that deployers import: name and file. */
export const modules = Object.fromEntries(subpaths.map(([path, file]) => [nameOf(path), file]))

/** Also the command, and files that it starts by their name. */
export const entries = {
  ...modules,
  cli: './cli/gatehouse.ts',
  'exit-with-parent': './cli/exit-with-parent.ts',
  'wrapping-worker': './cli/import/wrapping-worker.ts',
}

/** The libraries whose code becomes part of ours. A build with another one fails. */
export const libraries = [
  '@streamparser/json',
  '@valibot/to-json-schema',
  'bcryptjs',
  'csv-parse',
  'detect-browser',
  'resend',
  'smol-toml',
  'valibot',
]

/** The most that the Worker's JavaScript and WebAssembly may have, in KiB, gzipped (docs/decisions/046). */
export const bundleBudget = 158
