// Merges the deployer's part of the OpenAPI document into ours. Where both describe an operation, the deployer's replaces ours,
// because own routes come before ours.

import { fail } from '../fail.ts'

type Named = Record<string, unknown>

export interface PartialDocument {
  info?: Named
  /** By path, without URL_PREFIX. */
  paths?: Record<string, Named>
  components?: Record<string, Named>
  tags?: { name: string }[]
}

export function mergeDocuments<D extends PartialDocument>(ours: D, own: PartialDocument): object {
  checkPaths(Object.keys(ours.paths ?? {}), Object.keys(own.paths ?? {}))
  const tags = [...(ours.tags ?? []), ...(own.tags ?? [])]
  return {
    ...ours,
    ...own,
    info: { ...ours.info, ...own.info },
    tags: [...new Map(tags.map((tag) => [tag.name, tag])).values()],
    paths: mergeEach(ours.paths, own.paths),
    components: mergeEach(ours.components, own.components),
  }
}

/** Both, and of a name that both have, the members of both. */
function mergeEach(ours: Record<string, Named> = {}, own: Record<string, Named> = {}) {
  const both = Object.entries(own).map(([name, members]) => [name, { ...ours[name], ...members }])
  return { ...ours, ...Object.fromEntries(both) }
}

/** Paths that differ in the names of their parameters only are the same path (OpenAPI 3.1, §4.8.8). */
function checkPaths(ours: string[], own: string[]) {
  const shapeOf = (path: string) => path.replaceAll(/\{[^}]*\}/g, '{}')
  for (const path of own) {
    if (!path.startsWith('/')) fail(`src/openapi.ts: the path ${path} must begin with "/".`)
    const same = ours.find((each) => each !== path && shapeOf(each) === shapeOf(path))
    if (same) fail(`src/openapi.ts: ${path} is our path ${same}. Name its parameters as ours.`)
  }
}
