// The public keys of our tokens as a JWK Set (RFC 7517 §5), for every service that verifies them: Simple JWT or another
// Gatehouse with JWK_URL, or any other library.

import { Hono } from 'hono'
import type { App } from '../context.ts'
import { hexDigest } from '../encoding.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { anyOrigin, publicAnswer, refuseWrites } from '../http/public-answers.ts'
import { perSettings } from '../settings.ts'
import { publishedKeys, signingKeys } from '../tokens/signing.ts'

export const jwksRoutes = new Hono<App>()

const path = '/.well-known/jwks.json'

// PyJWT's client and our own cache a set for as long. With a cache between them as well, a removed key is accepted for
// ten minutes at most.
const maxAge = 300 // seconds

jwksRoutes.use(path, unlessDisabled, anyOrigin)

// A client that accepts only `application/jwk-set+json` gets plain JSON as well.
jwksRoutes.get(path, async (c) => {
  const { body, etag } = await keySet(c.var.settings)
  return publicAnswer(c, { body, etag, cacheControl: `public, max-age=${maxAge}` })
})

const keySet = perSettings(async (settings) => {
  const keys = publishedKeys(await signingKeys(settings))
  const etag = `"${await hexDigest('SHA-256', JSON.stringify(keys))}"`
  return { body: JSON.stringify({ keys }), etag }
})

jwksRoutes.all(path, refuseWrites)
