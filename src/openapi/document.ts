// The OpenAPI document of a deployment: its paths, its fields and the routes that are on. `gatehouse openapi` prints it; it is
// an asset of the Worker, and not in its bundle.

import manifest from '../../package.json' with { type: 'json' }
import { isDisabled } from '../http/disabled-routes.ts'
import { captchaField } from '../http/errors.ts'
import type { Settings } from '../settings/parse.ts'
import { ownUrl } from '../settings/urls.ts'
import { accountOperations } from './account.ts'
import { deploymentOperations } from './deployment.ts'
import { errorsOf, type OperationError, sharedErrors } from './errors.ts'
import { exampleOf, requestExample } from './examples.ts'
import { type Answer, type Operation, type Operations, partsOf } from './operations.ts'
import { pageOperations } from './pages.ts'
import { parametersOf } from './parameters.ts'
import { bodySchema, object, type Properties, type Schema, sharedSchemas } from './schemas.ts'
import { securityOf, securitySchemes } from './security.ts'
import { sessionOperations } from './sessions.ts'
import { type Tag, tags } from './tags.ts'
import { tokenOperations } from './tokens.ts'
import { usedComponents } from './used-components.ts'
import { userOperations } from './users.ts'

export interface OpenApiDocument {
  openapi: string
  info: Record<string, unknown>
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: {
    schemas: Record<string, Schema>
    responses: Record<string, OpenApiResponse>
    securitySchemes: Record<string, unknown>
  }
}

export interface OpenApiOperation {
  operationId: string
  responses: Record<string, OpenApiResponse | { $ref: string }>
  [more: string]: unknown
}

export interface OpenApiResponse {
  description: string
  headers?: Record<string, unknown>
  'x-may-be-empty'?: boolean
  content?: Record<string, { schema: Schema; example?: unknown }>
}

const groups: Operations[] = [
  tokenOperations,
  userOperations,
  accountOperations,
  sessionOperations,
  deploymentOperations,
  pageOperations,
]

export function openApiDocument(settings: Settings): OpenApiDocument {
  const schemas = sharedSchemas(settings)
  const operations = groups.flatMap((group) => group(settings)).filter(isOn(settings))
  const used = new Set(operations.map(({ tag }) => tag))
  const paths: OpenApiDocument['paths'] = {}
  for (const operation of operations) {
    const [method, path] = partsOf(operation)
    paths[path] = { ...paths[path], [method]: operationObject(settings, operation, schemas) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: `Auth API of ${settings.siteName}`,
      version: manifest.version,
      summary: 'Django auth at the edge: Djoser, Simple JWT and authtoken.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: ownUrl(settings, '') }],
    tags: Object.entries(tags)
      .filter(([name]) => used.has(name as Tag))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: usedComponents(
      {
        schemas,
        responses: Object.fromEntries(
          Object.entries(sharedErrors).map(([name, error]) => [
            name,
            responseObject(error, error.example),
          ]),
        ),
        securitySchemes: securitySchemes(settings),
      },
      paths,
    ),
  }
}

const description = `Clients speak the dialects of Django: [Djoser](https://djoser.readthedocs.io),
[Simple JWT](https://django-rest-framework-simplejwt.readthedocs.io) and REST framework's authtoken.

- Log in with \`POST /auth/jwt/create/\`, and send \`Authorization: Bearer\` and the access token.
- A body is JSON, or a form (\`multipart/form-data\` too).
- An invalid body is answered with a list of sentences for each field.
- The *caller* is the user of the access token.`

const isOn = (settings: Settings) => (operation: Operation) => {
  const [method, path] = partsOf(operation)
  return !isDisabled(settings, method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'))
}

function operationObject(
  settings: Settings,
  operation: Operation,
  schemas: Properties,
): OpenApiOperation {
  const { id, tag, summary, answers } = operation
  const description = descriptionOf(operation)
  const request = requestSchema(settings, operation)
  const fields = Object.keys((request?.properties as Properties | undefined) ?? {})
  const responses = { ...answers, ...errorsOf(settings, operation, fields) }
  return {
    tags: [tag],
    operationId: id,
    summary,
    ...(description && { description }),
    security: securityOf(settings, operation),
    ...parametersOf(settings, operation),
    ...(request && { requestBody: requestBody(operation, request) }),
    responses: Object.fromEntries(
      Object.entries(responses).flatMap(([status, answer]) =>
        answer ? [[status, responseOf(operation, Number(status), answer, schemas)]] : [],
      ),
    ),
  }
}

const descriptionOf = ({ caller, description = '' }: Operation): string =>
  caller === 'staff' ? `Only staff may do this. ${description}`.trim() : description

/** The body, with the token of the captcha where one may be required. */
function requestSchema(settings: Settings, operation: Operation): Schema | undefined {
  const { body, form } = operation
  if (form) return object(form, { optional: Object.keys(form) })
  if (!body) return undefined
  const schema = bodySchema(body)
  const captcha = captchaOf(settings, operation)
  if (!captcha) return schema
  const { properties, required = [] } = schema as { properties: Properties; required?: string[] }
  const token = { type: 'string', description: 'The token of the captcha, Cloudflare Turnstile.' }
  return {
    ...schema,
    properties: { ...properties, [captchaField]: token },
    ...(captcha === 'required' && { required: [...required, captchaField] }),
  }
}

/** Whether an operation takes a captcha. */
function captchaOf({ turnstile }: Settings, { captcha }: Operation) {
  const { requiredFor, afterFailures } = turnstile
  if (!captcha || !requiredFor.includes(captcha)) return undefined
  return captcha === 'login' && afterFailures > 0 ? 'optional' : 'required'
}

function requestBody({ form, body }: Operation, schema: Schema) {
  const example = requestExample(schema)
  const types = form ? [formType] : ['application/json', formType]
  return {
    required: body !== undefined && Array.isArray(schema.required) && schema.required.length > 0,
    content: Object.fromEntries(types.map((type) => [type, { schema, example }])),
  }
}

const formType = 'application/x-www-form-urlencoded'

function responseOf(
  { id }: Operation,
  status: number,
  answer: OperationError,
  schemas: Properties,
): OpenApiResponse | { $ref: string } {
  if (typeof answer === 'string') return { $ref: `#/components/responses/${answer}` }
  const { schema, mediaType, example: other } = answer
  const hasExample = schema && mediaType !== 'text/html'
  return responseObject(
    answer,
    hasExample ? exampleOf({ id, status, other }, schema, schemas) : undefined,
  )
}

function responseObject(answer: Answer, example: unknown): OpenApiResponse {
  const {
    description,
    schema,
    mediaType = 'application/json',
    headers = {},
    page,
    mayBeEmpty,
  } = answer
  return {
    description,
    ...(Object.keys(headers).length > 0 && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [
          name,
          { description: text, schema: { type: 'string' } },
        ]),
      ),
    }),
    ...(mayBeEmpty && { 'x-may-be-empty': true }),
    ...(schema && {
      content: {
        [mediaType]: { schema, ...(example !== undefined && { example }) },
        ...(page && { 'text/html': { schema: { type: 'string' } } }),
      },
    }),
  }
}
