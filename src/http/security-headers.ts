// The security headers of every response. Hono's middleware for them is not used: it adds 1.2 KiB to the bundle, mostly for
// policies that these responses do not have.

import { createMiddleware } from 'hono/factory'
import type { App } from '../context.ts'

const headers = {
  'Origin-Agent-Cluster': '?1',
  'Referrer-Policy': 'no-referrer',
  // No includeSubDomains: the deployer decides for the other hosts of the domain.
  'Strict-Transport-Security': 'max-age=15552000',
  'X-Content-Type-Options': 'nosniff',
  'X-DNS-Prefetch-Control': 'off',
  'X-Download-Options': 'noopen',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Permitted-Cross-Domain-Policies': 'none',
  'X-XSS-Protection': '0',
}

export const securityHeaders = createMiddleware<App>(async function securityHeaders(c, next) {
  await next()
  for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value)
})
