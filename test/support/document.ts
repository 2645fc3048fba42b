// Checks each answer that a test gets against the OpenAPI document of the Worker's settings: its status, its headers, its media
// type and its body. A field that the document does not have is an error too.

import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { exportedTables } from '../../src/accounts/personal-data.ts'
import { appWith } from '../../src/app.ts'
import { hooks } from '../../src/hooks.ts'
import {
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiResponse,
  openApiDocument,
} from '../../src/openapi/document.ts'
import { SettingsError } from '../../src/settings/env.ts'
import { settingsOf } from '../../src/settings.ts'
import type { AnswerCounts } from '../fakes/answers.ts'

interface Answer {
  status: number
  headers: Headers
  text: string
}

/** Characters. */
const longestExample = 4000

let checked: AnswerCounts = {}

/** The answers that were checked since the last call. Their texts are left out, unless they are recorded. */
export function checkedAnswers(): AnswerCounts {
  const counts = checked
  checked = {}
  return counts
}

/** @throws Error if the document does not describe the answer */
export function checkAnswer(env: Cloudflare.Env, request: Request, answer: Answer) {
  if (request.method === 'OPTIONS' || request.method === 'HEAD') return
  const document = documentOf(env)
  const path = app.getPath(request, { env })
  if (!document) return
  const operation = findOperation(document, request.method, path)
  if (!operation) return checkUndescribed(request.method, path, answer.status)
  // Where no server is trusted, these headers are not in the document.
  const fromServer = request.headers.has('x-gatehouse-secret')
  if (fromServer && !('InvalidServerHeaders' in document.components.responses)) return

  const { operationId } = operation
  const error = errorOf(document, operation, answer)
  if (error) {
    const what = `${request.method} ${path}, ${answer.status} ${answer.text}`
    throw new Error(`${what}\nis not as the OpenAPI document has it (${operationId}): ${error}`)
  }
  const kind = `${operationId} ${answer.status}`
  const isRecorded = env.RECORD_EXAMPLES && answer.text.length <= longestExample
  const text = isRecorded ? answer.text : ''
  const known = checked[kind] ?? {}
  known[text] = (known[text] ?? 0) + 1
  checked[kind] = known
}

/** Only the files of the reference page succeed without an operation. */
function checkUndescribed(method: string, path: string, status: number) {
  if (status >= 400 || path.startsWith('/docs/')) return
  throw new Error(`${method} ${path}, ${status}\nis not in the OpenAPI document`)
}

const app = appWith()
const documents = new Map<string, OpenApiDocument | undefined>()

/** Undefined for invalid settings: each answer is then the error about them. */
function documentOf(env: object): OpenApiDocument | undefined {
  const values = Object.entries(env).filter(([, value]) => typeof value !== 'object')
  const names = Object.values(hooks).map((hook) => Object.keys(hook))
  const key = JSON.stringify([values, Object.keys(hooks), names, exportedTables()])
  if (!documents.has(key)) documents.set(key, makeDocument(env))
  return documents.get(key)
}

function makeDocument(env: object): OpenApiDocument | undefined {
  try {
    return openApiDocument(settingsOf(env))
  } catch (error) {
    if (error instanceof SettingsError) return undefined
    throw error
  }
}

/** A fixed path comes before one with an id, as in the routes. */
function findOperation(
  { paths }: OpenApiDocument,
  method: string,
  path: string,
): OpenApiOperation | undefined {
  const withId = Object.keys(paths).find((each) => {
    const [start = '', end] = each.split('{id}')
    const id = path.slice(start.length, path.length - (end?.length ?? 0))
    return end !== undefined && path.startsWith(start) && path.endsWith(end) && /^[^/]+$/.test(id)
  })
  return (paths[path] ?? paths[withId ?? ''])?.[method.toLowerCase()]
}

function errorOf(
  document: OpenApiDocument,
  { operationId, responses }: OpenApiOperation,
  { status, headers, text }: Answer,
): string | undefined {
  const response = resolve(document, responses[status])
  if (!response) return 'no such status'
  const missing = Object.keys(response.headers ?? {}).find(
    (name) => !headers.has(name) && !mayLack(status, name),
  )
  if (missing) return `no header ${missing}`
  if (text === '' && response['x-may-be-empty']) return undefined
  if (!response.content) return text === '' ? undefined : 'a body where there is none'

  const [type = ''] = (headers.get('content-type') ?? '').split(';')
  const media = response.content[type]
  if (!media) return `the media type "${type}"`
  if (type !== 'application/json') return undefined
  const { valid, errors } = validatorOf(
    document,
    `${operationId} ${status}`,
    media.schema,
  ).validate(JSON.parse(text))
  return valid ? undefined : errors.map(sentence).join('\n')
}

/** 503 has no `Retry-After` if the database has no tables yet. */
const mayLack = (status: number, name: string) => status === 503 && name === 'Retry-After'

function resolve(
  { components }: OpenApiDocument,
  response: OpenApiResponse | { $ref: string } | undefined,
): OpenApiResponse | undefined {
  if (!response || !('$ref' in response)) return response
  return components.responses[response.$ref.split('/').at(-1) ?? '']
}

const validators = new WeakMap<OpenApiDocument, Map<string, Validator>>()

function validatorOf(document: OpenApiDocument, key: string, schema: object): Validator {
  const known = validators.get(document) ?? new Map<string, Validator>()
  validators.set(document, known)
  const { schemas } = document.components
  const validator =
    known.get(key) ?? new Validator({ ...schema, components: { schemas } }, '2020-12', false)
  known.set(key, validator)
  return validator
}

const sentence = ({ instanceLocation, error }: OutputUnit) => `${instanceLocation} ${error}`
