// Cross-origin requests: applies django-cors-headers' settings and defaults by hono/cors.

import { cors as honoCors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { App, Call } from '../context.ts'
import type { Settings } from '../settings/parse.ts'

export const cors = createMiddleware<App>(async function cors(c, next) {
  const { cors: settings } = c.var.settings
  const origin = c.req.header('origin')
  if (origin === undefined || !isAllowed(settings, origin)) {
    c.header('Vary', 'Origin', { append: true })
    return isPreflight(c) ? c.body(null, 200) : next()
  }

  const anyOrigin = settings.allowAllOrigins && !settings.allowCredentials
  if (c.req.method === 'OPTIONS' && !isPreflight(c)) {
    // hono/cors would answer any OPTIONS request as a preflight.
    c.header('Vary', 'Origin', { append: true })
    c.header('Access-Control-Allow-Origin', anyOrigin ? '*' : origin)
    if (settings.allowCredentials) c.header('Access-Control-Allow-Credentials', 'true')
    return next()
  }
  // hono/cors sets no `Vary` if any origin is allowed.
  if (anyOrigin) c.header('Vary', 'Origin', { append: true })
  const preflight = await honoCors({
    origin: anyOrigin ? '*' : () => origin,
    credentials: settings.allowCredentials,
    allowMethods: settings.allowMethods,
    allowHeaders: settings.allowHeaders,
    exposeHeaders: settings.exposeHeaders,
    maxAge: settings.preflightMaxAge,
  })(c, next)
  if (!preflight) return undefined
  // django-cors-headers answers 200, whichever headers the preflight requests.
  c.res.headers.set('Vary', 'Origin')
  return new Response(null, { headers: c.res.headers })
})

export const isPreflight = (c: Pick<Call, 'req'>) =>
  c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined

const isAllowed = (settings: Settings['cors'], origin: string) =>
  settings.allowAllOrigins ||
  settings.allowedOrigins.includes(origin) ||
  settings.allowedOriginRegexes.some((pattern) => pattern.test(origin))
