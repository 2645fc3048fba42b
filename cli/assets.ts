// Composes the assets that are deployed: those of this package, those of the project's folder public/, and the OpenAPI document
// of the deployment.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fail } from './fail.ts'
import { packageFile } from './package.ts'

const ownFolder = 'public'
const composedFolder = join('.gatehouse', 'assets')
const documentFile = 'openapi.json'

/** Writes .gatehouse/assets. @returns the options of wrangler for it */
export function composeAssets(document: object | undefined): string[] {
  const error = assetsError()
  if (error) fail(error)
  rmSync(composedFolder, { recursive: true, force: true, maxRetries: 3 })
  mkdirSync(composedFolder, { recursive: true })
  for (const folder of [ownFolder, packageFile('assets')]) {
    if (existsSync(folder)) cpSync(folder, composedFolder, { recursive: true })
  }
  if (document) writeFileSync(join(composedFolder, documentFile), JSON.stringify(document))
  // An absolute path, since wrangler reads a path from the folder of its configuration.
  return ['--assets', resolve(composedFolder)]
}

/** An error if public/ has a name that this package's assets have. */
export function assetsError(): string | undefined {
  if (!existsSync(ownFolder)) return undefined
  const names = [documentFile, ...readdirSync(packageFile('assets'))]
  const taken = names.map((name) => name.toLowerCase())
  const name = readdirSync(ownFolder).find((each) => taken.includes(each.toLowerCase()))
  if (name === undefined) return undefined
  return `${ownFolder}/${name} has the name of an asset of Gatehouse. Give it another name.`
}
