// The headers of every page: no cache, no referrer, no script.

import { createMiddleware } from 'hono/factory'

const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export const pageHeaders = createMiddleware(async function pageHeaders(c, next) {
  await next()
  c.header('Cache-Control', 'no-store')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Content-Security-Policy', policy)
  c.header('X-Robots-Tag', 'noindex')
})
