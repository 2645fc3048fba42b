// The components that the document refers to. Settings decide which those are.

type Components = Record<'schemas' | 'responses', Record<string, object>>

/** Leaves out schemas and responses that neither the paths nor another component refers to. */
export function usedComponents<C extends Components>(components: C, paths: object): C {
  const names = referencesIn(paths)
  for (const name of names) {
    const [kind, key] = name.split('/') as [keyof Components, string]
    for (const each of referencesIn(components[kind][key] ?? {})) names.add(each)
  }
  const used = (kind: keyof Components) =>
    Object.fromEntries(
      Object.entries(components[kind]).filter(([key]) => names.has(`${kind}/${key}`)),
    )
  return { ...components, schemas: used('schemas'), responses: used('responses') }
}

/** Each as `schemas/User`. */
const referencesIn = (part: object): Set<string> =>
  new Set(
    [...JSON.stringify(part).matchAll(/"#\/components\/(\w+\/\w+)"/g)].map(([, name = '']) => name),
  )
