// JSON schemas in words, for the tables of docs/api.md.

import { code } from './markdown.ts'

export type Schema = Record<string, unknown>

export interface ObjectSchema extends Schema {
  properties: Record<string, Schema>
  required: string[]
}

/** The schema of an object with known properties; undefined for any other. */
export function asObject(schema: Schema | undefined): ObjectSchema | undefined {
  const { properties, required = [] } = schema ?? {}
  return properties ? ({ ...schema, properties, required } as ObjectSchema) : undefined
}

/** The type as words, such as "email, at most 255 characters". */
export function typeInWords(schema: Schema): string {
  const { $ref, anyOf, enum: choices, const: only } = schema
  if (typeof $ref === 'string') return linkTo($ref)
  if (Array.isArray(anyOf)) return anyOf.map((each) => typeInWords(each)).join(', or ')
  if (only !== undefined) return code(JSON.stringify(only))
  if (Array.isArray(choices)) return choices.map((each) => code(String(each))).join(', ')
  const types = [schema.type].flat().filter((type) => type !== undefined)
  const [first] = types.filter((type) => type !== 'null')
  const words = [nameOf(String(first ?? 'anything'), schema), ...limitsOf(schema)].join(', ')
  return types.includes('null') ? `${words}, or null` : words
}

const formats: Record<string, string> = {
  'date-time': 'time (ISO 8601)',
  email: 'email address',
  password: 'password',
  uri: 'URL',
  uuid: 'UUID',
}

function nameOf(type: string, { format, items }: Schema): string {
  if (type === 'array') return items ? `list of ${typeInWords(items as Schema)}` : 'list'
  return formats[String(format)] ?? type
}

function limitsOf({ minLength, maxLength, minimum, maximum }: Schema): string[] {
  return [
    ...(Number(minLength) > 1 ? [`at least ${minLength} characters`] : []),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(minimum === undefined ? [] : [`${minimum} or more`]),
    ...(maximum === undefined ? [] : [`${maximum} or less`]),
  ]
}

/** The name of a component. */
export const nameIn = ($ref: string) => $ref.split('/').at(-1) ?? ''

const linkTo = ($ref: string) => `[${nameIn($ref)}](#${nameIn($ref).toLowerCase()})`

/** The components that a schema refers to directly. */
export function referencesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { $ref } = schema as { $ref?: unknown }
  if (typeof $ref === 'string') return [$ref]
  return Object.values(schema).flatMap(referencesIn)
}
