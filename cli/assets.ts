// Composes the assets that a deployer's project deploys: those of this package, and those of its folder public/. This
// repository deploys its folder assets/ as it is.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fail } from './fail.ts'
import { packageFile } from './package.ts'
import { isRepository } from './project.ts'

const ownFolder = 'public'
const composedFolder = join('.gatehouse', 'assets')

/** Writes .gatehouse/assets. @returns the options of wrangler for it */
export function composeAssets(): string[] {
  if (isRepository()) return []
  const error = assetsError()
  if (error) fail(error)
  rmSync(composedFolder, { recursive: true, force: true, maxRetries: 3 })
  mkdirSync(composedFolder, { recursive: true })
  for (const folder of [ownFolder, packageFile('assets')]) {
    if (existsSync(folder)) cpSync(folder, composedFolder, { recursive: true })
  }
  // An absolute path, since wrangler reads a path from the folder of its configuration.
  return ['--assets', resolve(composedFolder)]
}

/** An error if public/ has a name that this package's assets have. */
export function assetsError(): string | undefined {
  if (isRepository() || !existsSync(ownFolder)) return undefined
  const taken = readdirSync(packageFile('assets')).map((name) => name.toLowerCase())
  const name = readdirSync(ownFolder).find((each) => taken.includes(each.toLowerCase()))
  if (name === undefined) return undefined
  return `${ownFolder}/${name} has the name of an asset of Gatehouse. Give it another name.`
}
