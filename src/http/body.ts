// Parses the body of a request as REST framework's parsers do: JSON, form and multipart.

import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { perSettings } from '../settings.ts'
import { type Decode, decoderFor } from './charset.ts'
import { ApiError, badRequest } from './errors.ts'
import { parseMultipartForm, parseUrlencodedForm } from './forms.ts'

export const mediaTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]

export const sizeLimit = createMiddleware<App>((c, next) => limitFor(c.var.settings)(c, next))

const limitFor = perSettings(({ maxBodySize }) =>
  bodyLimit({ maxSize: maxBodySize, onError: tooLarge }),
)

const bodies = new WeakMap<Call['req'], Promise<unknown>>()

/**
 * Parses the body, once for each request.
 * @returns any JSON value; an object for forms, with the last value of each name; `{}` for no body
 * @throws ApiError 400 for a body that cannot be parsed, 415 for another media type or charset
 */
export function parseBody(c: Pick<Call, 'req' | 'var'>): Promise<unknown> {
  const body = bodies.get(c.req) ?? parse(c)
  bodies.set(c.req, body)
  return body
}

async function parse(c: Pick<Call, 'req' | 'var'>): Promise<unknown> {
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  if (bytes.length === 0) return {}

  const { maxFormFields } = c.var.settings
  const contentType = c.req.header('content-type') ?? ''
  const decode = decoderFor(contentType)
  if (decode === undefined) throw unsupported(contentType)
  switch (mediaTypeOf(c)) {
    case 'application/json':
      return parseJson(bytes, decode)
    case 'application/x-www-form-urlencoded':
      return parseUrlencodedForm(bytes, decode, maxFormFields)
    case 'multipart/form-data':
      return parseMultipartForm(bytes, contentType, decode, maxFormFields)
    default:
      throw unsupported(contentType)
  }
}

export const isJson = (c: Pick<Call, 'req'>) => mediaTypeOf(c) === 'application/json'

function tooLarge(): never {
  throw new ApiError(413, { detail: 'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.' })
}

const unsupported = (contentType: string) =>
  new ApiError(415, { detail: `Unsupported media type "${contentType}" in request.` })

const mediaTypeOf = (c: Pick<Call, 'req'>) =>
  c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()

function parseJson(bytes: Uint8Array, decode: Decode): unknown {
  try {
    const text = decode(bytes, 'strictly')
    // A reviver takes twenty times as long as the parser, so only texts with a long number get one.
    return /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text)
  } catch (error) {
    throw badRequest(`JSON parse error - ${error instanceof Error ? error.message : error}`)
  }
}

// Python's integers have no limit. A client may send a text as a long number, which must keep its last digits.
function keepDigits(this: unknown, _key: string, value: unknown, context?: { source: string }) {
  const source = context?.source ?? ''
  const losesDigits = typeof value === 'number' && !Number.isSafeInteger(value)
  return losesDigits && /^-?\d{1,1000}$/.test(source) ? BigInt(source) : value
}
