// The public keys of our tokens as a JWK Set (RFC 7517 §5): for JWK_URL of Simple JWT, or of another
// Gatehouse, and for whoever else verifies.

import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { etag, RETAINED_304_HEADERS } from 'hono/etag'
import type { App } from '../context.ts'
import { methodNotAllowed } from '../drf/errors.ts'
import { switchable } from '../drf/families.ts'
import { publishedKeys, signingKeys } from '../tokens/signing.ts'

export const jwks = new Hono<App>()

const path = '/.well-known/jwks.json'

// As long as PyJWT's client and our own keep a set: with a cache on the way as well, a key that is gone
// is believed for ten minutes at most.
const maxAge = 300 // seconds

const retainedHeaders = [...RETAINED_304_HEADERS, 'access-control-allow-origin']

// No REST framework's view: whoever asks for `application/jwk-set+json` alone gets it as plain JSON too.
jwks.use(path, switchable, etag({ retainedHeaders }), cors({ origin: '*', allowMethods: ['GET'] }))

jwks.get(path, async (c) => {
  const keys = await signingKeys(c.var.settings)
  c.header('Cache-Control', `public, max-age=${maxAge}`)
  return c.json({ keys: publishedKeys(keys) })
})

jwks.all(path, (c) => {
  c.header('Allow', 'GET, HEAD, OPTIONS')
  throw methodNotAllowed(c.req.method)
})
