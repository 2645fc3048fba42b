// Cross-origin requests under django-cors-headers' names and defaults, carried out by hono/cors.

import { cors as honoCors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import type { App } from '../context.ts'
import type { Settings } from '../settings.ts'

export const cors = createMiddleware<App>(async function cors(c, next) {
  const { cors: settings } = c.var.settings
  const origin = c.req.header('origin')
  const isOptions = c.req.method === 'OPTIONS'
  const isPreflight = isOptions && c.req.header('access-control-request-method') !== undefined

  if (origin === undefined || !isAllowed(settings, origin)) {
    c.header('Vary', 'Origin', { append: true })
    return isPreflight ? c.body(null, 200) : next()
  }
  const anyOrigin = settings.allowAllOrigins && !settings.allowCredentials
  if (anyOrigin) c.header('Vary', 'Origin', { append: true })
  if (isOptions && !isPreflight) {
    // hono/cors would answer it as if it were a preflight.
    c.header('Access-Control-Allow-Origin', anyOrigin ? '*' : origin)
    if (settings.allowCredentials) c.header('Access-Control-Allow-Credentials', 'true')
    return next()
  }
  const answer = await honoCors({
    origin: anyOrigin ? '*' : () => origin,
    credentials: settings.allowCredentials,
    allowMethods: settings.allowMethods,
    allowHeaders: settings.allowHeaders,
    exposeHeaders: settings.exposeHeaders,
    maxAge: settings.preflightMaxAge,
  })(c, next)
  // django-cors-headers answers a preflight with 200.
  return answer && new Response(null, { headers: answer.headers })
})

const isAllowed = (settings: Settings['cors'], origin: string) =>
  settings.allowAllOrigins ||
  settings.allowedOrigins.includes(origin) ||
  settings.allowedOriginRegexes.some((pattern) => pattern.test(origin))
