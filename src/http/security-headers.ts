// The security headers of every response. Hono's middleware for them is not used: it adds 1.2 KiB to the bundle, mostly for
// policies that these responses do not have.

import { createMiddleware } from 'hono/factory'
import type { App } from '../context.ts'

const headers = Object.entries({
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  // No includeSubDomains: the deployer decides for the other hosts of the domain.
  'Strict-Transport-Security': 'max-age=15552000',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Frame-Options': 'SAMEORIGIN',
})

export const securityHeaders = createMiddleware<App>(async function securityHeaders(c, next) {
  await next()
  const { res: response } = c
  for (const [name, value] of headers) response.headers.set(name, value)
})
