// Renders docs/api.md from the OpenAPI document of a new project: for each group a table of its operations, then each operation
// with the fields that it takes and the answers that it gives.

import type { OpenApiDocument } from '../../src/openapi/document.ts'
import { sharedErrors } from '../../src/openapi/errors.ts'
import { documentsOf } from './documents.ts'
import { asObject, type Schema, typeInWords } from './json-schema.ts'
import { anchor, block, code, compact, table } from './markdown.ts'
import {
  callerOf,
  describeOperation,
  fieldRows,
  type Operation,
  operationsIn,
} from './operation.ts'

const introduction = `<!-- Written by \`npm run docs:api\` from the OpenAPI document (src/openapi/). Do not edit. -->

# The API

Every operation of a new project, with the settings of the template. It is made from the OpenAPI document.

| to | open |
|---|---|
| get the document of your own deployment, with your fields and settings | \`npx gatehouse openapi\`, or \`/openapi.json\` |
| search and try it in the browser | \`/docs/\` of \`npx gatehouse dev\` |
| see how an endpoint differs from Django | [differences.md](differences.md#endpoints) |
| understand an error | [troubleshooting.md](troubleshooting.md) |`

/** @param toml wrangler.toml of a new project */
export function apiPage(toml: string): string {
  const { shipped, others } = documentsOf(toml)
  const requests = operationsIn(shipped).map(({ request }) => request)
  const groups = [
    ...shipped.tags.map(({ name, description }) => {
      const operations = operationsIn(shipped).filter(({ tag }) => tag === name)
      return { title: name, description, operations, repeated: [] }
    }),
    ...others.map(({ setting, document }) => {
      const operations = operationsIn(document)
      return {
        title: `With ${setting}`,
        description: `${purposeOf(operations, document)} Off in a new project.`,
        operations,
        repeated: operations.filter(({ request }) => requests.includes(request)),
      }
    }),
  ]
  return `${[
    introduction,
    contents(groups),
    callers(shipped),
    bodies,
    errors(shipped),
    ...groups.map(groupSection),
    objects(shipped),
  ].join('\n\n')}\n`
}

const purposeOf = ([operation]: Operation[], { tags }: OpenApiDocument) =>
  tags.find(({ name }) => name === operation?.tag)?.description ?? ''

interface Group {
  title: string
  description: string
  operations: Operation[]
  /** Those whose request is in a group above, with another answer. Only the first has a link. */
  repeated: Operation[]
}

const link = (title: string) => `[${title}](#${anchor(title)})`

const contents = (groups: Group[]) =>
  [
    '## Contents',
    ...table(
      ['group', 'what it is for'],
      [
        [
          [link('Callers'), link('Bodies'), link('Errors')].join(', '),
          'What all operations have in common.',
        ],
        ...groups.map(({ title, description }) => [link(title), description]),
        [link('Objects'), 'The fields of a user, a session, an event.'],
      ],
    ),
  ].join('\n\n')

function callers({ components }: OpenApiDocument): string {
  const rows = Object.values(components.securitySchemes as Record<string, SecurityScheme>).map(
    ({ in: place, name, description = '' }) =>
      place === 'cookie'
        ? [code(`Cookie: ${name}=…`), description]
        : [code(headerOf(name, description)), description.replace(/^`\w+ ` and a/, 'A')],
  )
  return [
    '## Callers',
    'The tables name the callers: *all*, *users* that are logged in, or *staff*. A request has one of these credentials:',
    ...table(['header', 'credential'], rows),
  ].join('\n\n')
}

interface SecurityScheme {
  in?: string
  name?: string
  description?: string
}

const headerOf = (name = 'Authorization', description: string) =>
  `${name}: ${/^`(\w+) `/.exec(description)?.[1] ?? 'Bearer'} …`

const bodies = `## Bodies

A body is JSON (\`Content-Type: application/json\`) or a form. Times are in ISO 8601, in UTC. A path may end without its slash.`

function errors(document: OpenApiDocument): string {
  const byField = { email: ['This field is required.'] }
  const rows = Object.entries(sharedErrors).flatMap(([name, { description, example }]) => {
    const status = statusOf(document, name, description)
    return status ? [[status, description, code(compact(example))]] : []
  })
  const invalid = [
    '400',
    'A field is invalid: sentences for each field, and under `non_field_errors` about the whole body. Or the body cannot be parsed: `detail`.',
    code(compact(byField)),
  ]
  return [
    '## Errors',
    'Operations list only the answers that are their own. All of them may also have these:',
    ...table(['status', 'meaning', 'body'], [invalid, ...rows]),
    '429 and 503 have `Retry-After`, in seconds. 401 has `WWW-Authenticate`.',
  ].join('\n\n')
}

/** The status of a shared error; undefined if no operation has it. */
function statusOf(document: OpenApiDocument, name: string, description: string) {
  const responses = operationsIn(document).flatMap(({ object }) => Object.entries(object.responses))
  const [status] =
    responses.find(([, response]) =>
      '$ref' in response
        ? response.$ref.endsWith(`/${name}`)
        : response.description === description,
    ) ?? []
  return status
}

/** Pages for people have a table alone. */
function groupSection({ title, description, operations, repeated }: Group): string {
  const isOfPages = operations.every(({ tag }) => tag === 'Pages')
  const rows = operations.map((operation) => [
    isOfPages || repeated.includes(operation)
      ? code(operation.request)
      : `[${code(operation.request)}](#${anchor(operation.request)})`,
    operation.summary,
    callerOf(operation),
  ])
  return [
    `## ${title}`,
    description,
    ...table(['request', 'what it does', 'caller'], rows),
    ...(isOfPages ? [] : operations.map(describeOperation)),
  ].join('\n\n')
}

function objects(document: OpenApiDocument): string {
  const parts = Object.entries(document.components.schemas).map(([name, schema]) => {
    const example = exampleOf(document, name)
    return [
      `### ${name}`,
      ...(schema.description ? [String(schema.description)] : []),
      ...fieldsOf(schema),
      ...(example === undefined ? [] : [block(example)]),
    ].join('\n\n')
  })
  return ['## Objects', ...parts].join('\n\n')
}

/** An answer that is such an object, or a list of them. */
function exampleOf(document: OpenApiDocument, name: string): unknown {
  const answers = operationsIn(document).flatMap(({ object }) =>
    Object.values(object.responses).flatMap((response) =>
      '$ref' in response ? [] : Object.values(response.content ?? {}),
    ),
  )
  const answer = answers.find(
    ({ schema, example }) =>
      example !== undefined &&
      [schema.$ref, (schema.items as Schema | undefined)?.$ref].includes(
        `#/components/schemas/${name}`,
      ),
  )
  return [answer?.example].flat()[0]
}

function fieldsOf(schema: Schema): string[] {
  const object = asObject(schema)
  if (!object) return [`Type: ${typeInWords(schema)}.`]
  return table(['field', 'type', ''], fieldRows(object, { optional: 'optional' }))
}
