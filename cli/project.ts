// The project in the working directory: a deployer's, or this repository itself.

import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fail } from './fail.ts'
import { packageName } from './package.ts'

export interface Manifest {
  name?: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  /** Our own section. */
  gatehouse?: { userModel?: string; hooks?: string }
}

/** The project's package.json; undefined if there is none. */
export function readManifest(): Manifest | undefined {
  let text: string
  try {
    text = readFileSync('package.json', 'utf8')
  } catch {
    return undefined
  }
  try {
    return JSON.parse(text) as Manifest
  } catch {
    return fail('package.json is not JSON.')
  }
}

/** Whether the project is this repository, or a copy of it. */
export const isRepository = () => readManifest()?.name === packageName

/** How the operator calls a verb of the command in this project. */
export function commandFor(verb: string, parameters = ''): string {
  if (!isRepository()) return `npx gatehouse ${verb} ${parameters}`.trimEnd()
  const script = verb === 'makemigrations' ? 'db:generate' : verb
  if (withoutScript.includes(verb)) return `node cli/gatehouse.ts ${verb} ${parameters}`.trimEnd()
  return parameters === '' ? `npm run ${script}` : `npm run ${script} -- ${parameters}`
}

/** Verbs for which this repository's package.json has no script. */
const withoutScript = ['init', 'migrate', 'check', 'openapi']

/** The path of a package that the project has installed, perhaps in a folder above; undefined if it has not. */
export function findInstalled(
  name: string,
  folders = createRequire(resolve('package.json')).resolve.paths(name) ?? [],
): string | undefined {
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder))
}

/** The script of a program that the project has installed. */
export function installedScript(name: string, script: string): string {
  const folder = findInstalled(name)
  if (folder === undefined) return fail(`${name} is not installed. Run npm install.`)
  return join(folder, script)
}
