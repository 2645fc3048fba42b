// The errors of operations. Their sentences are those of the code that answers them.

import { hooks } from '../hooks.ts'
import * as http from '../http/errors.ts'
import { period } from '../http/rate-limit.ts'
import type { Settings } from '../settings/parse.ts'
import type { Answer, Operation } from './operations.ts'
import { anyOf, component, object, type Schema } from './schemas.ts'

const detail = component('Detail')
const retryAfter = { 'Retry-After': 'Seconds after which the client may try again.' }

/** Errors that many operations have, by the name of their component. */
export const sharedErrors: Record<string, Answer> = {
  NotAuthenticated: {
    description: 'The credential is missing or not valid.',
    schema: component('AuthenticationError'),
    headers: { 'WWW-Authenticate': 'The scheme of credentials (RFC 9110 §11.6.1).' },
    example: { detail: 'Authentication credentials were not provided.' },
  },
  InvalidServerHeaders: {
    description: 'A header that names the client of a trusted server is not valid.',
    schema: detail,
    example: { detail: 'X-Gatehouse-Client-IP must hold one IPv4 or IPv6 address.' },
  },
  Forbidden: {
    description: 'The caller may not do this.',
    schema: detail,
    example: http.forbidden().body,
  },
  NotFound: {
    description: 'There is nothing here, or not in the `?format=` of the request.',
    schema: detail,
    example: http.notFound().body,
  },
  NotAcceptable: {
    description: 'The `Accept` header does not accept JSON.',
    schema: detail,
    example: { detail: 'Could not satisfy the request Accept header.' },
  },
  TooLarge: {
    description: 'The body is larger than DATA_UPLOAD_MAX_MEMORY_SIZE.',
    schema: detail,
    example: { detail: 'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.' },
  },
  UnsupportedMediaType: {
    description: 'The body is neither JSON nor a form.',
    schema: detail,
    example: { detail: 'Unsupported media type "text/plain" in request.' },
  },
  Throttled: {
    description: 'There were too many requests.',
    schema: detail,
    headers: retryAfter,
    example: http.throttled(period).body,
  },
  ServerError: {
    description: 'An error of the server, which its log has under this id.',
    schema: object(
      { detail: { type: 'string' }, request_id: { type: 'string' } },
      {
        optional: ['request_id'],
      },
    ),
    example: { detail: 'A server error occurred.', request_id: '8f2b6a1c9d3e4f50' },
  },
  Unavailable: {
    description: 'The database does not answer, or a queue is full.',
    schema: detail,
    headers: retryAfter,
    example: http.unavailable().body,
  },
}

/** The name of a shared error, or an error of this operation alone. */
export type OperationError = string | Answer

/** Every error of an operation, by status. */
export function errorsOf(
  settings: Settings,
  operation: Operation,
  bodyFields: string[],
): Partial<Record<number, OperationError>> {
  const { request, caller, body, errors = {}, limited, tag } = operation
  const servers = settings.trustedServerSecrets.length > 0
  const isView = tag !== 'Pages' && !outsideViews.includes(request)
  return {
    ...(servers && { 400: 'InvalidServerHeaders' }),
    ...(body && { 400: invalidBody(settings, operation, bodyFields) }),
    ...((caller !== 'anyone' || errors[401]) && { 401: shared('NotAuthenticated', errors[401]) }),
    ...((errors[403] || servers || mayRefuseCookies(settings, operation)) && {
      403: shared('Forbidden', errors[403]),
    }),
    ...((isView || errors[404]) && { 404: shared('NotFound', errors[404]) }),
    ...(isView && { 406: 'NotAcceptable' }),
    ...(!request.startsWith('GET') && { 413: 'TooLarge' }),
    ...(body && { 415: 'UnsupportedMediaType' }),
    ...(limited && { 429: tag === 'Pages' ? pleaseWait('Throttled') : 'Throttled' }),
    500: 'ServerError',
    503: tag === 'Pages' ? pleaseWait('Unavailable') : 'Unavailable',
    ...errors.others,
  }
}

/** No views of REST framework. */
const outsideViews = ['GET /.well-known/jwks.json', 'GET /dev/mailbox/']

const shared = (name: string, description: string | undefined): OperationError => {
  const error = sharedErrors[name]
  return error && description ? { ...error, description } : name
}

/** A browser gets a page. */
function pleaseWait(name: string): OperationError {
  const error = sharedErrors[name]
  return error ? { ...error, page: true } : name
}

/** Errors by field, with NON_FIELD_ERRORS_KEY for those of the whole body; or what is wrong with the JSON. */
function invalidBody(settings: Settings, operation: Operation, bodyFields: string[]): Answer {
  const { errors = {}, tag } = operation
  const names = [...bodyFields, ...(errors.fields ?? []), settings.nonFieldErrorsKey]
  const byField: Schema = {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, component('FieldErrors')])),
    additionalProperties:
      hooks.beforeSignUp && isSignUp(operation) ? component('FieldErrors') : false,
    minProperties: 1,
  }
  // A page of tutorials has its own form for errors by field.
  const schemas = tag === 'Tutorial' ? [] : [byField]
  return {
    description: errors.mayBeEmpty
      ? 'A field is invalid, or the body cannot be parsed. Without a body: no email was sent.'
      : 'A field is invalid, or the body cannot be parsed.',
    schema: anyOf(...schemas, ...(errors[400] ?? []), detail),
    ...(errors.mayBeEmpty && { mayBeEmpty: true }),
  }
}

const isSignUp = ({ id }: Operation) => id === 'createUser' || id === 'register'

/** A request with a cookie is refused if another site's page sent it. drf-jwt answers 403 for a revoked token. */
function mayRefuseCookies({ authCookies, drfJwt }: Settings, { caller, cookies }: Operation) {
  const readsCookies = cookies || caller === 'user' || caller === 'staff'
  return (
    (drfJwt.enabled && caller !== 'anyone') ||
    (readsCookies && (authCookies.access !== '' || drfJwt.cookie !== ''))
  )
}
