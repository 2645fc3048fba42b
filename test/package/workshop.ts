// What the tests of the package need: the tarball, a folder outside this repository, and programs that run there by a Node
// of their own.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Every file of these tests. It is deleted when the process ends, unless KEEP_PACKAGE_TEST is set. */
export const workshop = mkdtempSync(join(tmpdir(), 'gatehouse-package-'))
process.on('exit', () => {
  if (process.env.KEEP_PACKAGE_TEST) console.log(`kept: ${workshop}`)
  else rmSync(workshop, { recursive: true, force: true, maxRetries: 3 })
})

export interface Outcome {
  status: number | null
  stdout: string
  /** What it printed to stdout and stderr. */
  output: string
  seconds: number
}

/** The machine's programs, without those of this repository's node_modules. */
const systemPath = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))

const newerNode = join(workshop, 'node')
mkdirSync(newerNode)
symlinkSync(process.execPath, join(newerNode, process.platform === 'win32' ? 'node.exe' : 'node'))

/** By Node: the PATH of a machine that has it. `system` is undefined if it is as new as this one. */
export const machines = {
  newer: [newerNode, ...systemPath].join(delimiter),
  system: systemPath.join(delimiter),
}

const versionOnPath = (PATH: string) =>
  spawnSync('node', ['--version'], {
    env: { ...process.env, PATH },
    encoding: 'utf8',
  }).stdout.trim()

export const versions = {
  newer: versionOnPath(machines.newer),
  system: versionOnPath(machines.system),
}

interface RunOptions {
  cwd: string
  PATH?: string
  env?: Record<string, string>
}

export function start(
  [program = '', ...parameters]: string[],
  { cwd, PATH = machines.system, env = {} }: RunOptions,
): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_/.test(name))
  return spawn(program, parameters, {
    cwd,
    env: { ...Object.fromEntries(own), NO_COLOR: '1', ...env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group, so that `stop` also ends what the program has started.
    detached: process.platform !== 'win32',
  })
}

/** Ends a server as Ctrl+C does. @returns whether it ended within ten seconds */
export async function stop(child: ChildProcess): Promise<boolean> {
  const ended = once(child, 'exit').then(() => true)
  signalGroup(child, 'SIGINT')
  const isEnded = await Promise.race([ended, setTimeout(10_000, false, { ref: false })])
  signalGroup(child, 'SIGKILL')
  return isEnded
}

function signalGroup({ pid = 0 }: ChildProcess, signal: NodeJS.Signals) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Runs a program to its end. */
export async function run(command: string[], options: RunOptions): Promise<Outcome> {
  const started = performance.now()
  const child = start(command, options)
  let [stdout, output] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
    output += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const [status] = await once(child, 'close')
  return { status, stdout, output, seconds: (performance.now() - started) / 1000 }
}

/** Runs a program that must succeed. */
export async function succeed(command: string[], options: RunOptions): Promise<Outcome> {
  const outcome = await run(command, options)
  assert.equal(outcome.status, 0, `${command.join(' ')}\n${outcome.output}`)
  return outcome
}

const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

export const npmInstall = (cwd: string, packages: string[] = [], PATH = machines.system) =>
  succeed(['npm', 'install', ...quiet, ...packages], { cwd, PATH })

/** A new folder with these files. */
export function folder(name: string, files: Record<string, string | object>): string {
  const path = join(workshop, name)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(resolve(path, file, '..'), { recursive: true })
    writeFileSync(
      join(path, file),
      typeof content === 'string' ? content : JSON.stringify(content, undefined, 2),
    )
  }
  return path
}

export const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

/** Replaces a text that must be in the file. */
export function edit(file: string, ...changes: [from: string, to: string][]) {
  let text = readFileSync(file, 'utf8')
  for (const [from, to] of changes) {
    assert.ok(text.includes(from), `${file} has no ${from}`)
    text = text.replace(from, () => to)
  }
  writeFileSync(file, text)
}

/** Packs a folder. @returns the tarball */
export async function pack(path: string): Promise<string> {
  const { stdout } = await succeed(
    ['npm', 'pack', '--json', '--pack-destination', workshop, resolve(path)],
    {
      cwd: resolve('.'),
    },
  )
  const [packed] = JSON.parse(stdout) as { filename: string }[]
  return join(workshop, packed?.filename ?? '')
}
