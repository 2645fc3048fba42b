// The public keys of our tokens as a JWK Set (RFC 7517 §5), for every service that verifies them: Simple JWT or another
// Gatehouse with JWK_URL, or any other library.

import { type Context, Hono, type Next } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '../context.ts'
import { hexDigest } from '../encoding.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { methodNotAllowed } from '../http/errors.ts'
import { perSettings } from '../settings.ts'
import { publishedKeys, signingKeys } from '../tokens/signing.ts'

export const jwksRoutes = new Hono<App>()

const path = '/.well-known/jwks.json'

// PyJWT's client and our own cache a set for as long. With a cache between them as well, a removed key is accepted for
// ten minutes at most.
const maxAge = 300 // seconds

// Not a view of REST framework: a client that accepts only `application/jwk-set+json` gets plain JSON as well.
jwksRoutes.use(path, unlessDisabled, anyOrigin)

jwksRoutes.get(path, async (c) => {
  const { body, etag } = await keySet(c.var.settings)
  c.header('Cache-Control', `public, max-age=${maxAge}`)
  c.header('ETag', etag)
  if (isCached(c.req.header('if-none-match') ?? '', etag)) return c.body(null, 304)
  return c.body(body, 200, { 'Content-Type': 'application/json' })
})

const keySet = perSettings(async (settings) => {
  const keys = publishedKeys(await signingKeys(settings))
  const etag = `"${await hexDigest('SHA-256', JSON.stringify(keys))}"`
  return { body: JSON.stringify({ keys }), etag }
})

jwksRoutes.all(path, (c) => {
  c.header('Allow', 'GET, HEAD, OPTIONS')
  throw methodNotAllowed(c.req.method)
})

const preflight = cors({ origin: '*', allowMethods: ['GET'] })

// hono/cors makes two responses for each answer, so only a preflight gets there.
async function anyOrigin(c: Context<App>, next: Next) {
  if (c.req.method === 'OPTIONS') return preflight(c, next)
  c.header('Access-Control-Allow-Origin', '*')
  return next()
}

/** Whether the client has this very answer in its cache (RFC 9110 §13.1.2, by weak comparison). */
function isCached(ifNoneMatch: string, etag: string): boolean {
  const matches = ifNoneMatch.match(/"[^"]*"/g)?.some((tag) => tag === etag)
  return matches ?? ifNoneMatch.trim() === '*'
}
