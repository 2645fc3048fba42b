// The public keys of our tokens as a JWK Set (RFC 7517 §5): for JWK_URL of Simple JWT, or of another
// Gatehouse, and for whoever else verifies.

import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { App } from '../context.ts'
import { hexDigest } from '../encoding.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { methodNotAllowed } from '../http/errors.ts'
import { publishedKeys, signingKeys } from '../tokens/signing.ts'

export const jwksRoutes = new Hono<App>()

const path = '/.well-known/jwks.json'

// As long as PyJWT's client and our own keep a set: with a cache on the way as well, a key that is gone
// is believed for ten minutes at most.
const maxAge = 300 // seconds

// No REST framework's view: whoever asks for `application/jwk-set+json` alone gets it as plain JSON too.
jwksRoutes.use(path, unlessDisabled, cors({ origin: '*', allowMethods: ['GET'] }))

jwksRoutes.get(path, async (c) => {
  const keys = publishedKeys(await signingKeys(c.var.settings))
  const etag = `"${await hexDigest('SHA-256', JSON.stringify(keys))}"`
  c.header('Cache-Control', `public, max-age=${maxAge}`)
  c.header('ETag', etag)
  return isHeld(c.req.header('if-none-match') ?? '', etag) ? c.body(null, 304) : c.json({ keys })
})

jwksRoutes.all(path, (c) => {
  c.header('Allow', 'GET, HEAD, OPTIONS')
  throw methodNotAllowed(c.req.method)
})

/** Whether the client holds this very answer (RFC 9110 §13.1.2, by weak comparison). */
function isHeld(ifNoneMatch: string, etag: string): boolean {
  const held = ifNoneMatch.match(/"[^"]*"/g)?.some((tag) => tag === etag)
  return held ?? ifNoneMatch.trim() === '*'
}
