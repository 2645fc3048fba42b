// The OpenAPI document of this deployment. `gatehouse dev` and `gatehouse deploy` write it as a static asset, so that it is
// not in the bundle. Any origin may read it, since it has no secrets: front ends and generators make their types from it.

import { Hono } from 'hono'
import type { App } from '../context.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { notFound } from '../http/errors.ts'
import { anyOrigin, publicAnswer, refuseWrites } from '../http/public-answers.ts'

export const openapiRoutes = new Hono<App>()

const path = '/openapi.json'

openapiRoutes.use(path, unlessDisabled, anyOrigin)

openapiRoutes.get(path, async (c) => {
  const asset = await c.env.ASSETS.fetch(`https://assets${path}`)
  const etag = asset.headers.get('etag')
  if (!asset.ok || !etag) {
    throw notFound('There is no openapi.json. It is written by: gatehouse dev, gatehouse deploy')
  }
  // Each deploy may change it, and clients ask whether it did.
  return publicAnswer(c, { body: asset.body ?? '', etag, cacheControl: 'no-cache' })
})

openapiRoutes.all(path, refuseWrites)
