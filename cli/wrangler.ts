// Starts this project's wrangler with the Node that runs this program, even if the PATH has another Node.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { installedScript } from './project.ts'

export interface Outcome {
  succeeded: boolean
  stdout: string
  /** The text that it wrote to stdout and stderr. */
  output: string
}

export function startWrangler(
  parameters: string[],
  options: SpawnOptions = {},
  nodeOptions: string[] = [],
): ChildProcess {
  const quiet = {
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_SEND_METRICS: 'false',
    // The log file would hold the statements, and the secrets in them.
    WRANGLER_WRITE_LOGS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  }
  const script = installedScript('wrangler', 'bin/wrangler.js')
  return spawn(process.execPath, [...nodeOptions, script, ...parameters], {
    ...options,
    env: { ...process.env, ...quiet },
  })
}

/** Runs wrangler to its end, and captures its output. */
export async function runWrangler(parameters: string[]): Promise<Outcome> {
  const child = startWrangler(parameters, { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, output] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [code] = await once(child, 'close')
  return { succeeded: code === 0, stdout, output }
}

/** Runs wrangler to its end in the operator's terminal, where it may ask questions. */
export async function showWrangler(parameters: string[]): Promise<boolean> {
  const [code] = await once(startWrangler(parameters, { stdio: 'inherit' }), 'close')
  return code === 0
}
