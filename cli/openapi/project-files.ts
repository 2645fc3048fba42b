// The files of the project that its OpenAPI document follows from, besides the user model.

import { existsSync } from 'node:fs'
import { useHooks } from '../../src/hooks.ts'
import { readConfiguration } from '../configuration.ts'
import { fail } from '../fail.ts'
import { isRepository, readManifest } from '../project.ts'
import { importWithStubs } from '../worker-stubs.ts'
import type { PartialDocument } from './merge.ts'

const defaultHooksFile = 'src/hooks.ts'
const ownPartFile = 'src/openapi.ts'

/** Uses the hooks of the project, if there are any. @returns a sentence if their file cannot be loaded */
export async function loadHooks(): Promise<string | undefined> {
  if (isRepository()) return undefined
  const named = readManifest()?.gatehouse?.hooks
  const file = named ?? defaultHooksFile
  if (existsSync(file)) return useHooksOf(file)
  if (named)
    return `There is no ${file}, which package.json names as "gatehouse": { "hooks": "…" }.`
  // They may be in the Worker's own file, which hands them over. What is wrong with that file, `check` says.
  await importWithStubs(readConfiguration().main).catch(() => undefined)
  return undefined
}

async function useHooksOf(file: string): Promise<string | undefined> {
  try {
    const { hooks } = await importWithStubs(file)
    if (!isObject(hooks)) return `${file} must export hooks, as: export const hooks: Hooks = { … }`
    useHooks(hooks)
    return undefined
  } catch (error) {
    return `Node cannot load ${file}, so the OpenAPI document lacks what hooks add: ${headOf(error)}`
  }
}

/** What the project adds for its own routes. Fails if the file cannot be used. */
export async function loadOwnPart(): Promise<PartialDocument> {
  if (isRepository() || !existsSync(ownPartFile)) return {}
  const exported = await importWithStubs(ownPartFile).catch((error) =>
    fail(`Node cannot load ${ownPartFile}: ${headOf(error)}`),
  )
  const own = exported.openapi ?? exported.default
  if (isObject(own)) return own
  return fail(`${ownPartFile} must export openapi, as: export const openapi = { paths: { … } }`)
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const headOf = (error: unknown) => String((error as Error).message).split('\n')[0]
