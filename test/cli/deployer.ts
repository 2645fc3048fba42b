// A deployer's project in a new directory, as `init` writes it. In place of an installation, its node_modules links to this
// repository and to the packages of this repository.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { packageName } from '../../cli/package.ts'
import { toItsEnd } from './project.ts'

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-deployer-'))
  folders.push(folder)
  return folder
}

/** Runs the command, by the file that the package's `bin` names. */
export const gatehouse = (folder: string, ...parameters: string[]) =>
  gatehouseWith({}, folder, ...parameters)

export const gatehouseWith = (
  env: Record<string, string>,
  folder: string,
  ...parameters: string[]
) => toItsEnd(start(env, folder, parameters))

const start = (env: Record<string, string>, folder: string, parameters: string[]) =>
  spawn(process.execPath, [resolve('bin/gatehouse.js'), ...parameters], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** @param hoisted whether the packages are in the folder above, as in a monorepo */
export async function newDeployersProject({ hoisted = false } = {}) {
  const parent = newFolder()
  const folder = join(parent, 'my-auth')
  const { status, output } = await gatehouse('.', 'init', folder)
  assert.equal(status, 0, output)
  const file = (name: string) => join(folder, name)
  const packages = join(hoisted ? parent : folder, 'node_modules')
  mkdirSync(packages)
  for (const name of readdirSync('node_modules')) {
    symlinkSync(resolve('node_modules', name), join(packages, name))
  }
  symlinkSync(resolve('.'), join(packages, packageName))
  const read = (name: string) => readFileSync(file(name), 'utf8')
  const write = (name: string, text: string) => writeFileSync(file(name), text)
  return {
    folder,
    file,
    read,
    write,
    /** Replaces a text that the file has. */
    edit(name: string, old: string | RegExp, text: string) {
      const before = read(name)
      const after = before.replace(old, text)
      assert.notEqual(after, before, `${name} has no ${old}`)
      write(name, after)
    },
    run: (...parameters: string[]) => gatehouse(folder, ...parameters),
    start: (...parameters: string[]) => start({}, folder, parameters),
  }
}
