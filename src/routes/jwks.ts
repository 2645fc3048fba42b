// The public keys of our tokens as a JWK Set (RFC 7517 §5), for every service that verifies them: Simple JWT or another
// Gatehouse with JWK_URL, or any other library.

import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '../context.ts'
import { hexDigest } from '../encoding.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { methodNotAllowed } from '../http/errors.ts'
import { publishedKeys, signingKeys } from '../tokens/signing.ts'

export const jwksRoutes = new Hono<App>()

const path = '/.well-known/jwks.json'

// PyJWT's client and our own cache a set for as long. With a cache between them as well, a removed key is accepted for
// ten minutes at most.
const maxAge = 300 // seconds

// Not a view of REST framework: a client that accepts only `application/jwk-set+json` gets plain JSON as well.
jwksRoutes.use(path, unlessDisabled, cors({ origin: '*', allowMethods: ['GET'] }))

jwksRoutes.get(path, async (c) => {
  const keys = publishedKeys(await signingKeys(c.var.settings))
  const etag = `"${await hexDigest('SHA-256', JSON.stringify(keys))}"`
  c.header('Cache-Control', `public, max-age=${maxAge}`)
  c.header('ETag', etag)
  return isCached(c.req.header('if-none-match') ?? '', etag) ? c.body(null, 304) : c.json({ keys })
})

jwksRoutes.all(path, (c) => {
  c.header('Allow', 'GET, HEAD, OPTIONS')
  throw methodNotAllowed(c.req.method)
})

/** Whether the client has this very answer in its cache (RFC 9110 §13.1.2, by weak comparison). */
function isCached(ifNoneMatch: string, etag: string): boolean {
  const matches = ifNoneMatch.match(/"[^"]*"/g)?.some((tag) => tag === etag)
  return matches ?? ifNoneMatch.trim() === '*'
}
