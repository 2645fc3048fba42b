// Error responses, with REST framework's bodies. An unhandled error answers 500 and reveals nothing.

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { App } from '../context.ts'
import { clientRetryDelay, databaseMessage, isMissingTable, isUnavailable } from '../db.ts'
import { BusyError } from '../passwords/hash-queue.ts'
import { SettingsError } from '../settings/env.ts'
import type { Settings } from '../settings/parse.ts'
import { CaptchaRequiredError, ThrottledError } from '../throttling/counters.ts'
import { translateBody } from './language.ts'

type Body = Record<string, unknown> | unknown[]

/** A response that ends a request early. Only http/, guards/, routes/ and pages/ throw it. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode
  readonly body: Body | undefined
  readonly headers: Record<string, string>

  constructor(status: ContentfulStatusCode, body?: Body, headers: Record<string, string> = {}) {
    super(`answered ${status}`)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** A body that is not valid: the errors of each field, and under `non_field_errors` those of the whole body. */
export class InvalidError extends ApiError {}

export const invalid = (errors: Record<string, string[]>) => new InvalidError(400, errors)

/** An error about the request as a whole. */
export const nonFieldError = (message: string) => invalid({ non_field_errors: [message] })

/** The field's name is that of Turnstile's widget. */
export const captchaField = 'cf-turnstile-response'
export const captchaRequired = () => invalid({ [captchaField]: ['This field is required.'] })

/** Djoser's error. A setting decides whether an unknown email gets it. */
export const emailNotFound = () => new ApiError(400, ['User with given email does not exist.'])

/** Djoser's error for the invalid part of a mailed link. */
export const linkError = (part: 'uid' | 'token') =>
  part === 'uid'
    ? invalid({ uid: ["Invalid user id or user doesn't exist."] })
    : invalid({ token: ['Invalid token for given user.'] })

export const badRequest = (detail: string) => new ApiError(400, { detail })
export const unauthenticated = (detail: string, more: Record<string, unknown> = {}) =>
  new ApiError(401, { detail, ...more })
export const forbidden = (detail = 'You do not have permission to perform this action.') =>
  new ApiError(403, { detail })
export const notFound = (detail = 'Not found.') => new ApiError(404, { detail })
export const methodNotAllowed = (method: string) =>
  new ApiError(405, { detail: `Method "${method}" not allowed.` })
export const throttled = (seconds: number) =>
  new ApiError(
    429,
    {
      detail:
        seconds === 1
          ? `Request was throttled. Expected available in ${seconds} second.`
          : `Request was throttled. Expected available in ${seconds} seconds.`,
    },
    { 'Retry-After': String(seconds) },
  )

export const unavailable = () =>
  new ApiError(
    503,
    { detail: 'Service temporarily unavailable, try again later.' },
    { 'Retry-After': String(clientRetryDelay) },
  )

export function onError(error: Error, c: Context<App>): Response {
  if (error instanceof ThrottledError) return onError(throttled(error.seconds), c)
  if (error instanceof CaptchaRequiredError) return onError(captchaRequired(), c)
  if (error instanceof BusyError) return onError(unavailable(), c)
  if (!(error instanceof ApiError)) return onServerError(error, c)
  if (error.status === 401) {
    c.header('WWW-Authenticate', `${firstScheme(c.var.settings)} realm="api"`)
  }
  for (const [name, value] of Object.entries(error.headers)) c.header(name, value)
  const body = error instanceof InvalidError ? validationErrors(error, c.var.settings) : error.body
  return body === undefined
    ? c.body(null, error.status)
    : c.json(translateBody(c, body), error.status)
}

/** The errors by field, with NON_FIELD_ERRORS_KEY for those of the whole body. */
export const validationErrors = ({ body = {} }: InvalidError, { nonFieldErrorsKey }: Settings) =>
  Object.fromEntries(
    Object.entries(body).map(([name, errors]) => [
      name === 'non_field_errors' ? nonFieldErrorsKey : name,
      errors,
    ]),
  )

/** The scheme of the first authentication class, for `WWW-Authenticate`. */
const firstScheme = ({ drfJwt, authHeaderTypes }: Settings) =>
  drfJwt.enabled ? drfJwt.prefix : authHeaderTypes[0]

function onServerError(error: Error, c: Context<App>): Response {
  if (error instanceof SettingsError) {
    return onSettingsError(error, c)
  }
  if (isMissingTable(error)) {
    const where = c.var.settings.development ? '--local' : '--remote'
    const command = `npx wrangler d1 migrations apply DB ${where}`
    return c.json({ detail: `The database has no tables yet. Run: ${command}` }, 503)
  }
  if (isUnavailable(error)) {
    console.error({ message: 'database unavailable', cause: databaseMessage(error) })
    return onError(unavailable(), c)
  }
  const requestId = requestIdOf(c)
  console.error({
    message: 'unhandled error',
    request_id: requestId,
    method: c.req.method,
    path: c.req.path,
    cause: databaseMessage(error),
    at: stackOf(error),
  })
  return serverError(c, requestId)
}

/** In development the response has the error; in production only the log has it. */
function onSettingsError({ message }: SettingsError, c: Context<App>): Response {
  const requestId = requestIdOf(c)
  console.error({ message: 'invalid settings', request_id: requestId, cause: message })
  // Invalid settings are not in `c.var`.
  const { ENVIRONMENT: environment } = c.env as { ENVIRONMENT?: unknown }
  return environment === 'development'
    ? c.json({ detail: message }, 500)
    : serverError(c, requestId)
}

/** An X-Request-Id that a client sends is ignored. */
const requestIdOf = (c: Context<App>) => c.req.header('cf-ray') ?? crypto.randomUUID()

const serverError = (c: Context<App>, requestId: string) =>
  c.json(
    { ...translateBody(c, { detail: 'A server error occurred.' }), request_id: requestId },
    500,
  )

/** The stack's first frames, without the message at its start, which may contain values that the client sent. */
const stackOf = ({ stack = '', message }: Error) =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
