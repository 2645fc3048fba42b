// This package's own files. They are beside cli/ in this repository, and beside dist/ in the npm package, whose files are flat.

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether this is the repository, and not the npm package. */
export const isSource = import.meta.url.endsWith('.ts')

interface Manifest {
  name: string
  version: string
}

export const { name: packageName, version: packageVersion } = JSON.parse(
  readFileSync(packageFile('package.json'), 'utf8'),
) as Manifest

/** The path of a file or folder, by its path in the package. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}

/** The file that starts a process or a thread, by its path in cli/ without `.ts`. */
export const entryFile = (path: string): URL =>
  new URL(isSource ? `./${path}.ts` : `./${basename(path)}.js`, import.meta.url)

/** Argon2's WebAssembly. */
export const argon2File = (): URL =>
  new URL(
    isSource ? import.meta.resolve('@phi-ag/argon2/argon2.wasm') : './argon2.wasm',
    import.meta.url,
  )
