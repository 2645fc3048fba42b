// The JSON schema of wrangler.toml and wrangler.jsonc for editors: wrangler's own, in which `vars` knows the settings. Wrangler's
// schema is copied, because taplo (Even Better TOML) resolves no `$ref` to another file.

import type { Schema, VarsSchema } from './vars-schema.ts'

interface WranglerSchema extends Schema {
  definitions: Record<string, { properties?: Record<string, Schema> }>
}

/** The definitions that have `vars`. */
const places = ['RawConfig', 'RawEnvironment', 'PreviewsConfig']

/** @param wranglers config-schema.json of wrangler */
export function wranglerSchema(wranglers: object, settings: VarsSchema): Schema {
  const { definitions, ...root } = wranglers as WranglerSchema
  const withSettings = places.map((name) => {
    const { properties: own = {}, ...definition } = definitions[name] ?? {}
    if (own.vars === undefined) throw new Error(`wrangler’s ${name} has no vars any more`)
    return [name, { ...definition, properties: { ...own, vars: { $ref: '#/definitions/Vars' } } }]
  })
  const vars = definitions.RawConfig?.properties?.vars
  return {
    ...root,
    title: 'wrangler.toml of a Gatehouse project',
    definitions: {
      ...definitions,
      ...Object.fromEntries(withSettings),
      Vars: { ...vars, ...settings },
    },
  }
}
