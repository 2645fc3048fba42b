// openapi-typescript as front ends run it. It requires TypeScript 5, since TypeScript 7 lacks the API that it uses
// (docs/decisions/055).

import { registerHooks } from 'node:module'
import type { OpenAPI3 } from 'openapi-typescript'

/** The types of a document: `paths`, and what they refer to. */
export async function typesOf(document: OpenAPI3): Promise<string> {
  const parentURL = import.meta.resolve('@arethetypeswrong/core') // has TypeScript 5
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      next(name, name === 'typescript' ? { ...context, parentURL } : context),
  })
  const { default: openapiTS, astToString } = await import('openapi-typescript')
  hooks.deregister()
  return astToString(await openapiTS(document))
}
