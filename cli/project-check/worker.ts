// Loads the project's Worker into this process, so that gatehouse() takes its hooks, personal data and other options, and
// refuses what cannot work. Modules that only the Workers' runtime has are replaced by stubs.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire, registerHooks } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installedScript } from '../project.ts'
import { errorsOf, type Finding, warningsOf } from './finding.ts'

export interface LoadedWorker {
  /** Whether the Worker was loaded, so that its options are known. */
  isLoaded: boolean
  findings: Finding[]
}

/** @param main the Worker's file, as in wrangler.toml */
export async function loadWorker(main: string): Promise<LoadedWorker> {
  if (!existsSync(main)) {
    const missing = `main in wrangler.toml is ${JSON.stringify(main)}. There is no such file.`
    return { isLoaded: false, findings: errorsOf('settings', [missing]) }
  }
  const stubs = registerHooks({ resolve: resolveStub, load })
  try {
    await import(pathToFileURL(resolve(main)).href)
    return { isLoaded: true, findings: [] }
  } catch (error) {
    return { isLoaded: false, findings: [findingFor(error as Error, main)] }
  } finally {
    stubs.deregister()
  }
}

function findingFor(error: Error, main: string): Finding {
  const [message = ''] = error.message.split('\n')
  const isRefusal = error instanceof TypeError && /^[a-zA-Z ]+: /.test(message)
  const [finding] = isRefusal
    ? errorsOf('hooks', [error.message])
    : warningsOf('hooks', [
        `Node cannot load ${main}, so hooks and personalData are not checked: ${message}`,
      ])
  return finding as Finding
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
