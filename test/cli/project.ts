// A project in a fresh directory, for tools to run in: its own wrangler.toml and secrets, everything
// else as here. Its wrangler may be a stand-in that writes down how it was called.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export interface Call {
  parameters: string[]
  /** What --secrets-file held, and whether others could read it. */
  secrets?: Record<string, string>
  mode?: string
}

const directories: string[] = []
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

interface Options {
  fakeWrangler?: string
  /** What a test changes, in place of links to what is here. */
  copied?: string[]
}

const shared = [
  ...['src', 'cli', 'migrations', 'assets', 'package.json', 'tsconfig.json', 'drizzle.config.ts'],
]

export function newProject({ fakeWrangler, copied = [] }: Options = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'))
  directories.push(directory)
  const file = (name: string) => join(directory, name)
  cpSync('wrangler.toml', file('wrangler.toml'))
  for (const name of shared) {
    if (copied.includes(name)) cpSync(name, file(name), { recursive: true })
    else symlinkSync(resolve(name), file(name))
  }
  if (fakeWrangler === undefined) {
    symlinkSync(resolve('node_modules'), file('node_modules'))
  } else {
    mkdirSync(file('node_modules/wrangler/bin'), { recursive: true })
    writeFileSync(file('node_modules/wrangler/bin/wrangler.js'), fakeWrangler)
  }
  return {
    file,
    write: (name: string, text: string) => writeFileSync(file(name), text),
    start: (tool: string, parameters: string[] = [], env: Record<string, string> = {}) =>
      spawn(process.execPath, [`cli/${tool}.ts`, ...parameters], {
        cwd: directory,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    /** Runs a tool to its end. */
    run(tool: string, parameters: string[] = [], env: Record<string, string> = {}) {
      return toItsEnd(this.start(tool, parameters, env))
    },
    /** Runs it with a pipe that says something. */
    feed(tool: string, parameters: string[], input: string) {
      const child = spawn(process.execPath, [`cli/${tool}.ts`, ...parameters], { cwd: directory })
      child.stdin.end(input)
      return toItsEnd(child)
    },
    /** The same of any program in node_modules. */
    runScript: (script: string, parameters: string[]) =>
      toItsEnd(
        spawn(process.execPath, [`node_modules/${script}`, ...parameters], {
          cwd: directory,
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      ),
  }
}

async function toItsEnd(child: ChildProcessByStdio<Writable | null, Readable, Readable>) {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  return { status, output }
}
