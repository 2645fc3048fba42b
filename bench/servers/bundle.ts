// Bundles a Worker as `wrangler deploy` does.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../cli/fail.ts'
import { runWrangler } from '../../cli/wrangler.ts'

interface Module {
  type: 'ESModule' | 'CompiledWasm'
  path: string
  contents: string | Uint8Array<ArrayBuffer>
}

export interface Bundle {
  modulesRoot: string
  modules: Module[]
}

/** @param entry a Worker of the bench; undefined for Gatehouse */
export async function bundle(folder: string, name: string, entry?: string): Promise<Bundle> {
  const modulesRoot = join(folder, name)
  const own = entry ? [entry, '--config', 'bench/workers/wrangler.toml', '--name', name] : []
  const build = ['deploy', ...own, '--dry-run', '--minify', '--outdir', modulesRoot]
  const { succeeded, output } = await runWrangler(build)
  if (!succeeded) fail(output)
  const names = readdirSync(modulesRoot).filter((file) => /\.(js|wasm)$/.test(file))
  const scriptsFirst = names.sort((file) => (file.endsWith('.js') ? -1 : 1))
  return { modulesRoot, modules: scriptsFirst.map((file) => readModule(modulesRoot, file)) }
}

function readModule(folder: string, file: string): Module {
  const path = join(folder, file)
  return file.endsWith('.js')
    ? { type: 'ESModule', path, contents: readFileSync(path, 'utf8') }
    : { type: 'CompiledWasm', path, contents: new Uint8Array(readFileSync(path)) }
}
