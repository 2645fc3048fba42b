// What was sent, as REST framework's parsers read it: JSON, form and multipart.

import { bodyLimit } from 'hono/body-limit'
import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import { ApiError, badRequest } from './errors.ts'

export const mediaTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]

export const sizeLimit = createMiddleware<App>(async function sizeLimit(c, next) {
  const { maxBodySize: maxSize } = c.var.settings
  return bodyLimit({ maxSize, onError: tooLarge })(c, next)
})

/** @returns any JSON value; an object for forms, with the last value of each name; `{}` for no body */
export async function bodyOf(c: Pick<Call, 'req'>): Promise<unknown> {
  const bytes = await c.req.arrayBuffer()
  if (bytes.byteLength === 0) return {}

  const contentType = c.req.header('content-type') ?? ''
  switch (mediaTypeOf(c)) {
    case 'application/json':
      return jsonIn(bytes)
    case 'application/x-www-form-urlencoded':
      return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(bytes)))
    case 'multipart/form-data':
      return formIn(bytes, contentType)
    default:
      throw new ApiError(415, {
        detail: `Unsupported media type "${contentType}" in request.`,
      })
  }
}

export const isJson = (c: Pick<Call, 'req'>) => mediaTypeOf(c) === 'application/json'

function tooLarge(): never {
  throw new ApiError(413, { detail: 'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.' })
}

const mediaTypeOf = (c: Pick<Call, 'req'>) =>
  c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()

function jsonIn(bytes: ArrayBuffer): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return JSON.parse(text, wholeNumbers)
  } catch (error) {
    throw badRequest(`JSON parse error - ${error instanceof Error ? error.message : error}`)
  }
}

// Python's integers have no end: a long number that is meant as text must not lose its last digits.
function wholeNumbers(this: unknown, _key: string, value: unknown, context?: { source: string }) {
  const source = context?.source ?? ''
  const isCut = typeof value === 'number' && !Number.isSafeInteger(value)
  return isCut && /^-?\d{1,1000}$/.test(source) ? BigInt(source) : value
}

async function formIn(bytes: ArrayBuffer, contentType: string): Promise<unknown> {
  try {
    const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData()
    return Object.fromEntries(form)
  } catch (error) {
    throw badRequest(
      `Multipart form parse error - ${error instanceof Error ? error.message : error}`,
    )
  }
}
