// Examples of bodies: answers that Django gave or that the Worker gave in a test, cut to the fields of the deployment.

import recorded from './examples.json' with { type: 'json' }
import type { Properties, Schema } from './schemas.ts'

const examples = recorded as Record<string, Record<string, unknown>>

/**
 * The recorded answer, with the properties that the schema has.
 * @param other the example if none was recorded. Without one, it is made of the schema
 */
export const exampleOf = (
  { id, status, other }: { id: string; status: number; other: unknown },
  schema: Schema,
  schemas: Properties,
): unknown => adapt(examples[id]?.[status] ?? other ?? {}, schema, schemas)

/** A body that a client may send: the required fields, or all if none is required. */
export function requestExample(schema: Schema): unknown {
  const { required = [], properties = {} } = schema as { required?: string[]; properties?: object }
  const names = required.length > 0 ? required : Object.keys(properties)
  const example = adapt({}, { ...schema, required: names }, {}) as Record<string, unknown>
  // The token of a mailed link comes with its uid. Any other is a JWT.
  return 'token' in example && !('uid' in example) ? { ...example, token: jwt } : example
}

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl'

/** The value as the schema has it: without unknown properties, and with a value for each that is missing. */
function adapt(value: unknown, given: Schema, schemas: Properties, name = ''): unknown {
  const schema = resolve(given, value, schemas)
  if (value === null) return null
  if (schema.type === 'array' && (value === undefined || Array.isArray(value))) {
    const { items = {} } = schema as { items?: Schema }
    return (value ?? [undefined]).map((item) => adapt(item, items, schemas))
  }
  // A page of a list.
  if (schema.type === 'object' && Array.isArray(value)) {
    const page = { count: value.length, next: null, previous: null, results: value }
    return adaptObject(page, schema, schemas)
  }
  if (schema.type === 'object') return adaptObject(isObject(value) ? value : {}, schema, schemas)
  return value === undefined ? sampleOf(name, schema) : value
}

function adaptObject(value: Record<string, unknown>, schema: Schema, schemas: Properties) {
  const {
    properties = {},
    required = [],
    additionalProperties,
  } = schema as {
    properties?: Properties
    required?: string[]
    additionalProperties?: unknown
  }
  const names = Object.keys(properties).filter((name) => name in value || required.includes(name))
  const others = Object.keys(value).filter((name) => !(name in properties))
  // The recorded errors may be about fields that this deployment does not have.
  const [first] = Object.keys(properties)
  if (names.length === 0 && schema.minProperties && first) {
    return { [first]: ['This field is required.'] }
  }
  return Object.fromEntries([
    ...names.map((name) => [name, adapt(value[name], properties[name] ?? {}, schemas, name)]),
    ...(additionalProperties === false ? [] : others.map((name) => [name, value[name]])),
  ])
}

/** The schema behind a reference; of several, the one whose form the value has. */
function resolve(schema: Schema, value: unknown, schemas: Properties): Schema {
  const { $ref, anyOf } = schema as { $ref?: string; anyOf?: Schema[] }
  if ($ref) return resolve(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, value, schemas)
  if (!anyOf) return schema
  const resolved = anyOf.map((each) => resolve(each, value, schemas))
  return resolved.find((each) => hasForm(value, each)) ?? resolved[0] ?? {}
}

function hasForm(value: unknown, { type, required = [] }: Schema): boolean {
  if (Array.isArray(value)) return type === 'array'
  if (!isObject(value)) return false
  return type === 'object' && (required as string[]).every((name) => name in value)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const known: Record<string, unknown> = {
  email: 'ada@example.com',
  new_email: 'ada@example.org',
  re_new_email: 'ada@example.org',
  username: 'ada',
  new_username: 'countess',
  re_new_username: 'countess',
  new_name: 'countess',
  first_name: 'Ada',
  last_name: 'Lovelace',
  password: 'a pond of herons',
  re_password: 'a pond of herons',
  current_password: 'a pond of herons',
  new_password: 'a flock of geese',
  re_new_password: 'a flock of geese',
  uid: 'MQ',
  token: 'c9z4t2-6f1b0d9e8a7c',
  refresh: jwt,
}

function sampleOf(name: string, schema: Schema): unknown {
  const {
    type,
    enum: choices,
    minimum,
    format,
  } = schema as {
    type?: string | string[]
    enum?: unknown[]
    minimum?: number
    format?: string
  }
  if (choices) return choices[0]
  if (name in known) return known[name]
  switch ([type].flat()[0]) {
    case 'integer':
    case 'number':
      return Math.max(minimum ?? 1, 1)
    case 'boolean':
      return true
    case 'string':
      if (format === 'date-time') return '2026-11-05T09:30:00Z'
      return format === 'uuid' ? '0b6f2a56-6f3c-4c0e-9a39-5d1f1c1f4a10' : 'text'
    default:
      return null
  }
}
