// The OpenAPI document of the project: that of our routes under its settings, user model and hooks, and then its own part.

import { openApiDocument } from '../../src/openapi/document.ts'
import type { Settings } from '../../src/settings/parse.ts'
import { mergeDocuments } from './merge.ts'
import { loadHooks, loadOwnPart } from './project-files.ts'

interface Options {
  /** Called with a sentence if the hooks cannot be loaded. */
  ifHooksFail(sentence: string): void
}

export async function documentFor(settings: Settings, { ifHooksFail }: Options): Promise<object> {
  const error = await loadHooks()
  if (error) ifHooksFail(error)
  return mergeDocuments(openApiDocument(settings), await loadOwnPart())
}
