// An operation on docs/api.md: its heading, what it takes, and what it answers.

import type {
  OpenApiDocument,
  OpenApiOperation,
  OpenApiResponse,
} from '../../src/openapi/document.ts'
import { sharedErrors } from '../../src/openapi/errors.ts'
import {
  asObject,
  type ObjectSchema,
  referencesIn,
  type Schema,
  typeInWords,
} from './json-schema.ts'
import { block, code, compact, table } from './markdown.ts'

export interface Operation {
  /** Such as "POST /auth/jwt/create/". */
  request: string
  tag: string
  summary: string
  object: OpenApiOperation
}

export const operationsIn = ({ paths }: OpenApiDocument): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, object]) => ({
      request: `${method.toUpperCase()} ${path}`,
      tag: (object.tags as string[])[0] ?? '',
      summary: String(object.summary),
      object,
    })),
  )

/** The callers that an operation admits. */
export function callerOf({ tag, object }: Operation): string {
  const security = object.security as object[]
  if (security.length === 0 || security.some(isEmpty)) return 'all'
  return tag === 'Staff' ? 'staff' : 'users'
}

const isEmpty = (alternative: object) => Object.keys(alternative).length === 0

export function describeOperation({ request, summary, object }: Operation): string {
  return [
    `### ${code(request)}`,
    [`${summary}.`, object.description].filter(Boolean).join(' '),
    ...requestOf(object),
    ...answersOf(object),
  ].join('\n\n')
}

interface Parameter {
  name: string
  in: string
  description?: string
  schema: Schema
}

interface Content {
  schema: Schema
  example?: unknown
}

/** What the request takes: the query, and the fields of its body with an example. */
function requestOf({ parameters = [], requestBody }: OpenApiOperation): string[] {
  const { content = {} } = (requestBody ?? {}) as { content?: Record<string, Content> }
  const [body] = Object.values(content)
  const query = (parameters as Parameter[]).filter((parameter) => parameter.in === 'query')
  const rows = [
    ...query.map(({ name, schema, description = '' }) => [
      code(`?${name}=`),
      typeInWords(schema),
      description,
    ]),
    ...fieldRows(asObject(body?.schema), { required: 'required' }),
  ]
  const hasExample = Object.keys(body?.example ?? {}).length > 0
  return [...table(['field', 'type', ''], rows), ...(hasExample ? [block(body?.example)] : [])]
}

/** A row for each field: its name, its type, and what else is to be said. */
export function fieldRows(
  schema: ObjectSchema | undefined,
  words: { required?: string; optional?: string },
): string[][] {
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => {
    const need = schema?.required.includes(name) ? words.required : words.optional
    const notes = [need, property.description].filter(Boolean)
    return [code(name), typeInWords(property), notes.join('. ')]
  })
}

/** Statuses that nearly every operation may have. The page describes them once. */
const everywhere = ['404', '406', '413', '415', '500', '503']

function answersOf({ responses }: OpenApiOperation): string[] {
  const rows = Object.entries(responses).flatMap(([status, response]) =>
    '$ref' in response || isUsual(response)
      ? []
      : [[status, response.description, bodyInWords(response)]],
  )
  const described = rows.map(([status]) => status)
  const others = Object.keys(responses).filter(
    (status) => !everywhere.includes(status) && !described.includes(status),
  )
  const also = others.length > 0 ? [`Also ${listed(others)}: [Errors](#errors).`] : []
  return [...table(['status', 'answer', 'body'], rows), ...also]
}

const invalidBody = 'A field is invalid, or the body cannot be parsed.'

/** Whether the section of errors says all that there is to say. */
const isUsual = (response: OpenApiResponse): boolean =>
  response.description === invalidBody
    ? exampleIn(response) === undefined
    : Object.values(sharedErrors).some(({ description }) => description === response.description)

const listed = (words: string[]) => words.join(', ').replace(/, (\d+)$/, ' and $1')

const exampleIn = ({ content = {} }: OpenApiResponse) =>
  Object.values(content).find(({ example }) => example !== undefined)?.example

const longestExample = 140 // characters

function bodyInWords(response: OpenApiResponse): string {
  const { content } = response
  if (!content) return '–'
  if ('text/html' in content) return 'HTML'
  const [schema = {}] = Object.values(content).map(({ schema }) => schema)
  const example = exampleIn(response)
  if (example === undefined || isNamed(schema)) return schemaInWords(schema)
  if (compact(example).length <= longestExample) return code(compact(example))
  if (response.description !== invalidBody) return schemaInWords(schema)
  const [first] = Object.entries(example ?? {})
  return code(compact(Object.fromEntries([first ?? []])).replace(/ \}$/, ', … }'))
}

/** A user, a session and so on have their fields in the section of objects. */
const isNamed = (schema: Schema) =>
  asObject(schema) === undefined && !isError(schema) && referencesIn(schema).length === 1

/** The names of the fields, or the type. */
function schemaInWords(schema: Schema): string {
  const { anyOf } = schema as { anyOf?: Schema[] }
  if (anyOf) return anyOf.map(schemaInWords).join('; or ')
  const fields = Object.keys(asObject(schema)?.properties ?? {})
  if (fields.length > 0) return fields.map(code).join(', ')
  if (schema.$ref === '#/components/schemas/Detail') return code('detail')
  return schema.type === 'object' ? code('{}') : typeInWords(schema)
}

/** A body of errors says more by an example than by its name. */
const isError = (schema: Schema) => /Error|Detail/.test(String(schema.$ref))
