// A project in a new directory, in which programs run. It has its own wrangler.toml and secrets, and links to everything
// else. Its wrangler may be a fake that records its calls.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export interface Call {
  parameters: string[]
  /** The secrets of --secrets-file, and the mode of that file. */
  secrets?: Record<string, string>
  mode?: string
}

/** As in package.json's scripts. */
const command = ['--disable-warning=ExperimentalWarning', 'cli/gatehouse.ts']

const directories: string[] = []
process.on('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

interface Options {
  fakeWrangler?: string
  /** Files that a test changes: copies instead of links. */
  copied?: string[]
}

const shared = [
  ...['src', 'cli', 'build', 'migrations', 'assets'],
  ...['package.json', 'tsconfig.json', 'drizzle.config.ts'],
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
    start: (verb: string, parameters: string[] = [], env: Record<string, string> = {}) =>
      spawn(process.execPath, [...command, verb, ...parameters], {
        cwd: directory,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    /** Runs a verb of the command to its end. */
    run(verb: string, parameters: string[] = [], env: Record<string, string> = {}) {
      return toItsEnd(this.start(verb, parameters, env))
    },
    /** Runs it with this input in a pipe. */
    feed(verb: string, parameters: string[], input: string) {
      const child = spawn(process.execPath, [...command, verb, ...parameters], {
        cwd: directory,
      })
      child.stdin.end(input)
      return toItsEnd(child)
    },
    /** The same for a script in node_modules. */
    runScript: (script: string, parameters: string[]) =>
      toItsEnd(
        spawn(process.execPath, [`node_modules/${script}`, ...parameters], {
          cwd: directory,
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
      ),
  }
}

export async function toItsEnd(child: ChildProcessByStdio<Writable | null, Readable, Readable>) {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  return { status, output }
}
