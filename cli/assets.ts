// Composes the assets that are deployed: those of this package, those of the project's folder public/, and the OpenAPI document
// of the deployment.

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail } from './fail.ts'
import { isSource, packageFile } from './package.ts'

const ownFolder = 'public'
const composedFolder = join('.gatehouse', 'assets')
const documentFile = 'openapi.json'

/** Writes .gatehouse/assets. @returns the options of wrangler for it */
export async function composeAssets(document: object | undefined): Promise<string[]> {
  const error = assetsError()
  if (error) fail(error)
  rmSync(composedFolder, { recursive: true, force: true, maxRetries: 3 })
  mkdirSync(composedFolder, { recursive: true })
  for (const folder of [ownFolder, packageFile('assets')]) {
    // A folder may be a link.
    if (existsSync(folder)) cpSync(folder, composedFolder, { recursive: true, dereference: true })
  }
  if (document) writeFileSync(join(composedFolder, documentFile), JSON.stringify(document))
  if (isSource) await addReferenceScript()
  // An absolute path, since wrangler reads a path from the folder of its configuration.
  return ['--assets', resolve(composedFolder)]
}

/** The package holds the script of the reference page. In this repository it is in a development dependency. */
async function addReferenceScript() {
  // By its path, so that the package's build does not follow it.
  const module = pathToFileURL(packageFile('build/reference-script.ts')).href
  const { referenceScript }: { referenceScript(): string } = await import(module)
  writeFileSync(join(composedFolder, 'reference', 'scalar.js'), referenceScript())
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
