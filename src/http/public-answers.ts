// Answers that are the same for all callers: any origin may read them, whatever the CORS settings say, and clients keep them
// until they change.

import type { Context, Next } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '../context.ts'
import { methodNotAllowed } from './errors.ts'

interface PublicAnswer {
  /** JSON. */
  body: string | ReadableStream
  /** A strong entity tag (RFC 9110 §8.8.3). */
  etag: string
  cacheControl: string
}

// hono/cors makes two responses for each answer, so only a preflight gets there.
export async function anyOrigin(c: Context<App>, next: Next) {
  if (c.req.method === 'OPTIONS') return preflight(c, next)
  c.header('Access-Control-Allow-Origin', '*')
  return next()
}

const preflight = cors({ origin: '*', allowMethods: ['GET'] })

/** Not a view of REST framework: the content type is the same for each `Accept`. */
export function publicAnswer(c: Context<App>, { body, etag, cacheControl }: PublicAnswer) {
  c.header('Cache-Control', cacheControl)
  c.header('ETag', etag)
  if (isCached(c.req.header('if-none-match') ?? '', etag)) return c.body(null, 304)
  return c.body(body, 200, { 'Content-Type': 'application/json' })
}

/** Whether the client has this very answer in its cache (RFC 9110 §13.1.2, by weak comparison). */
function isCached(ifNoneMatch: string, etag: string): boolean {
  const matches = ifNoneMatch.match(/"[^"]*"/g)?.some((tag) => tag === etag)
  return matches ?? ifNoneMatch.trim() === '*'
}

export function refuseWrites(c: Context<App>): never {
  c.header('Allow', 'GET, HEAD, OPTIONS')
  throw methodNotAllowed(c.req.method)
}
