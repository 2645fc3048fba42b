// Starts and stops the servers of a run, each in its own process group, and no other process.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const root = join(import.meta.dirname, '../../..')
const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => process.exit(1))
}

export interface Server {
  child: ChildProcess
  origin: string
}

/** Starts a server, and waits until it responds at `ready`. */
export async function serve(
  command: string[],
  options: { port: number; ready: string; log: string; cwd?: string; env?: Record<string, string> },
): Promise<Server> {
  const child = launch(command, options)
  const origin = `http://127.0.0.1:${options.port}`
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) break
    const answer = await fetch(origin + options.ready).catch(() => undefined)
    if (answer) return { child, origin }
    await sleep(100)
  }
  await stop(child)
  throw new Error(`${command[0]} does not answer:\n${lastWords(options.log)}`)
}

/** Runs a command to its end. */
export async function run(
  command: string[],
  options: { log: string; cwd?: string; env?: Record<string, string> },
): Promise<void> {
  const child = launch(command, options)
  await ended(child)
  if (child.exitCode !== 0) {
    throw new Error(`${command.join(' ')} failed:\n${lastWords(options.log)}`)
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  signal(child, 'SIGTERM')
  await Promise.race([ended(child), sleep(3000)])
  signal(child, 'SIGKILL')
}

/** Runs two jobs at a time, because each starts processes. */
export async function inPairs<T, R>(jobs: T[], work: (job: T) => Promise<R>): Promise<R[]> {
  const waiting = [...jobs.entries()]
  const results: R[] = []
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next[0]] = await work(next[1])
    }
  }
  await Promise.all([worker(), worker()])
  return results
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || !address) throw new Error('no free port')
  return address.port
}

export async function folderIn(folder: string, name: string): Promise<string> {
  const place = join(folder, name)
  await mkdir(place, { recursive: true })
  return place
}

/** Adds a server to those that must be stopped. */
export function track<T extends Server>(servers: Server[], server: T): T {
  servers.push(server)
  return server
}

const lastWords = (log: string) => readFileSync(log, 'utf8').slice(-2000)

function launch(
  [program = '', ...words]: string[],
  options: { log: string; cwd?: string; env?: Record<string, string> },
): ChildProcess {
  const log = openSync(options.log, 'a')
  const child = spawn(program, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', log, log],
    detached: true,
  })
  running.add(child)
  child.on('error', () => running.delete(child))
  return child
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function signal(child: ChildProcess, name: NodeJS.Signals) {
  if (!child.pid) return
  try {
    process.kill(-child.pid, name)
  } catch {
    running.delete(child) // the whole group has exited
  }
}
