// Runs `wrangler dev` beside this process, and ends it with everything that it started.

import type { ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { entryFile } from '../package.ts'
import { startWrangler } from '../wrangler.ts'
import type { DevOptions } from './options.ts'

const hasProcessGroups = process.platform !== 'win32'

/**
 * Starts wrangler, which serves until this process ends. Its output is withheld while it starts, and shown if it fails.
 * @returns a function that shows its output from now on
 */
export function serve(options: DevOptions, assets: string[]): () => void {
  const child = startWrangler(
    [
      ...['dev', '--show-interactive-dev-session=false'],
      ...(options.hasPort ? [] : ['--port', options.port]),
      ...withoutRoutes(),
      ...assets,
      ...options.ownAssignments.flatMap((assignment) => ['--var', assignment]),
      ...options.all,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], detached: hasProcessGroups },
    ['--import', entryFile('exit-with-parent').href],
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('exit', () => killGroupOf(child))

  let withheld: string[] | undefined = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (withheld) withheld.push(text)
    else process.stdout.write(text)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (!text.includes('Scheduled Workers are not automatically triggered')) {
      process.stderr.write(text)
    }
  })
  child.on('close', (code) => {
    process.stdout.write(withheld?.join('') ?? '')
    process.exit(code ?? 0)
  })
  return () => {
    withheld = undefined
  }
}

/**
 * With `routes`, wrangler replaces the host of each request by a host of the routes. The mailbox rejects hosts that are not
 * local, so wrangler gets the same configuration without routes.
 */
function withoutRoutes(): string[] {
  const toml = parse(readFileSync('wrangler.toml', 'utf8')) as Routed & {
    env?: Record<string, Routed>
  }
  const parts = [toml, ...Object.values(toml.env ?? {})]
  if (parts.every(({ route, routes }) => (route ?? routes) === undefined)) return []
  for (const part of parts) {
    delete part.route
    delete part.routes
  }
  // In the folder of wrangler.toml, because paths in it are relative to that folder.
  writeFileSync('wrangler.dev.json', JSON.stringify(toml))
  return ['--config', 'wrangler.dev.json']
}

interface Routed {
  route?: unknown
  routes?: unknown
}

/** Ends workerd, which still runs if wrangler was killed. It is in wrangler's process group. */
function killGroupOf(child: ChildProcess) {
  if (!hasProcessGroups || child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
