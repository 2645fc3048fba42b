// Imports a module of the project that is written for a Worker. Modules that only the Workers' runtime has are replaced by
// stubs.

import { readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installedScript } from './project.ts'

export async function importWithStubs(file: string): Promise<Record<string, unknown>> {
  const stubs = registerHooks({ resolve: resolveStub, load })
  try {
    return await import(pathToFileURL(resolve(file)).href)
  } finally {
    stubs.deregister()
  }
}

const stub = `data:text/javascript,${encodeURIComponent(
  [
    ...['WorkerEntrypoint', 'DurableObject', 'WorkflowEntrypoint', 'RpcTarget', 'RpcStub'],
    ...['EmailMessage', 'NonRetryableError'],
  ]
    .map((name) => `export class ${name} {}`)
    .join('\n')
    .concat('\nexport const env = {}, exports = {}, cache = {}, tracing = {}')
    .concat('\nexport const connect = () => {}, waitUntil = () => {}, withEnv = () => {}'),
)}`

const resolveStub: ResolveHook = (specifier, context, next) =>
  specifier.startsWith('cloudflare:')
    ? { url: stub, format: 'module', shortCircuit: true }
    : next(specifier, context)

const load: LoadHook = (url, context, next) => {
  if (url.endsWith('.wasm')) return moduleOf('export default undefined')
  return url.endsWith('.tsx') ? moduleOf(withoutJsx(fileURLToPath(url))) : next(url, context)
}

const moduleOf = (source: string) => ({ source, format: 'module' as const, shortCircuit: true })

/** The JavaScript of a file with JSX, which Node does not read, by the esbuild of wrangler. */
function withoutJsx(file: string): string {
  const { transformSync } = createRequire(installedScript('wrangler', 'package.json'))('esbuild')
  const options = { loader: 'tsx', format: 'esm', jsx: 'automatic', jsxImportSource: 'hono/jsx' }
  return transformSync(readFileSync(file, 'utf8'), options).code
}

type Hooks = Parameters<typeof registerHooks>[0]
type ResolveHook = NonNullable<Hooks['resolve']>
type LoadHook = NonNullable<Hooks['load']>
