// Loads the project's user model, before any other module reads the tables.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { UserModel } from '../src/user-model.ts'
import { fail } from './fail.ts'
import { packageName } from './package.ts'
import { isRepository, readManifest } from './project.ts'

const defaultFile = 'src/user-model.ts'

/** Uses the project's user model. In this repository it is the standard one. */
export async function loadUserModel() {
  const { useUserModel } = await importOrFail(() => import('../src/schema.ts'), defaultFile)
  if (isRepository()) return
  const file = userModelFile()
  const exported = (await importFile(file)) as { userModel?: UserModel }
  if (exported.userModel === undefined) fail(`${file} must export userModel. ${howToWrite}`)
  useUserModel(exported.userModel)
}

/** For a help text, which names the fields: uses the project's user model if it can be loaded, and otherwise the standard one. */
export async function tryUserModel() {
  if (isRepository()) return
  try {
    const { useUserModel } = await import('../src/schema.ts')
    const { userModel } = (await import(urlOf(namedFile()))) as { userModel?: UserModel }
    if (userModel !== undefined) useUserModel(userModel)
  } catch {
    // Every other call of the command says what is wrong.
  }
}

const namedFile = () => readManifest()?.gatehouse?.userModel ?? defaultFile

function userModelFile(): string {
  const file = namedFile()
  if (existsSync(file)) return file
  return fail(
    `There is no ${file}, which exports the user model. Run this in the folder of your project, write the file, or name ` +
      `another in package.json: "gatehouse": { "userModel": "…" }. ${howToWrite}`,
  )
}

const howToWrite = `Write: export const userModel = defineUserModel({ fields: standardFields }), both from '${packageName}/user-model'.`

/** Imports a file of the project by Node, which removes its types. */
export const importFile = (file: string): Promise<unknown> =>
  importOrFail(() => import(urlOf(file)), file)

const urlOf = (file: string) => pathToFileURL(resolve(file)).href

async function importOrFail<T>(load: () => Promise<T>, file: string): Promise<T> {
  try {
    return await load()
  } catch (error) {
    return fail(sentenceFor(error, file))
  }
}

/** An error of the user model says what to write. Any other error needs its stack. */
function sentenceFor(error: unknown, file: string): string {
  if (!(error instanceof Error)) throw error
  if (/Received protocol 'cloudflare:'/.test(error.message)) {
    return (
      `${file} imports a value from '${packageName}', which runs in a Worker only. Import types only: ` +
      `import type { … } from '${packageName}'`
    )
  }
  if (error instanceof TypeError && /^The user model: /.test(error.message)) return error.message
  return `${file} could not be loaded.\n${error.stack}`
}
