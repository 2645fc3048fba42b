// Compares the packages that the project has installed with those that this version was tested with: the template's.

import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageFile, packageName } from '../package.ts'
import { findInstalled, type Manifest } from '../project.ts'
import { errorsOf, type Finding, warningsOf } from './finding.ts'

/** Packages that the project's code and ours must share: one copy, types included. */
const shared = ['hono', 'drizzle-orm']

export function packageFindings(): Finding[] {
  const tested = testedVersions()
  return [
    ...errorsOf('packages', shared.map(copyError)),
    ...Object.entries(tested).flatMap(([name, version]) => versionFindings(name, version)),
  ]
}

/** The version of each package that the template pins, without our own. */
function testedVersions(): Record<string, string> {
  const text = readFileSync(packageFile('template/package.json'), 'utf8')
  const { dependencies, devDependencies } = JSON.parse(text) as Manifest
  const { [packageName]: _, ...others } = { ...dependencies, ...devDependencies }
  return others
}

function versionFindings(name: string, tested: string): Finding[] {
  const installed = installedVersion(name)
  if (installed === undefined) {
    return errorsOf('packages', [`${name} is not installed. Write: npm install ${name}@${tested}`])
  }
  const [mine, theirs] = [numbersOf(installed), numbersOf(tested)]
  if (isCompatible(mine, theirs) && !isOlder(mine, theirs)) return []
  const sentence = `${name} is ${installed}. Gatehouse was tested with ${tested}: npm install ${name}@${tested}`
  const isError = shared.includes(name) && !isCompatible(mine, theirs)
  return isError ? errorsOf('packages', [sentence]) : warningsOf('packages', [sentence])
}

function installedVersion(name: string): string | undefined {
  const folder = findInstalled(name)
  if (folder === undefined) return undefined
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return version as string
}

const numbersOf = (version: string): number[] => version.split(/[.+-]/).slice(0, 3).map(Number)

/** By semantic versioning: the first number that is not 0 is the same. */
const isCompatible = (one: number[], other: number[]) => {
  const first = other.findIndex((number) => number > 0)
  return one.slice(0, first + 1).join('.') === other.slice(0, first + 1).join('.')
}

function isOlder(one: number[], other: number[]): boolean {
  const at = one.findIndex((number, index) => number !== other[index])
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0)
}

/** An error if our code finds another copy of a package than the project's code. */
function copyError(name: string): string | undefined {
  const [mine, theirs] = [findInstalled(name), copyOfOurs(name)]
  if (mine === undefined || theirs === undefined) return undefined
  if (realpathSync(mine) === realpathSync(theirs)) return undefined
  return `${name} is installed twice: ${mine} and ${theirs}. Delete package-lock.json and node_modules, and run npm install.`
}

function copyOfOurs(name: string): string | undefined {
  const { resolve } = createRequire(packageFile('package.json'))
  const folders = resolve.paths(name) ?? []
  return findInstalled(name, folders)
}
