// The API on one screen: the middleware of every request, then every route file on its prefix.

import { Hono } from 'hono'
import type { Env } from './bindings.ts'
import { type App, context } from './context.ts'
import { sizeLimit } from './http/body.ts'
import { cors } from './http/cors.ts'
import { notFound, onError } from './http/errors.ts'
import { language } from './http/language.ts'
import { client } from './http/request-info.ts'
import { fixedPathRouter } from './http/router.ts'
import { securityHeaders } from './http/security-headers.ts'
import { accountStatusRoutes } from './routes/account-status.ts'
import { activationRoutes } from './routes/activation.ts'
import { authtokenRoutes } from './routes/authtoken.ts'
import { drfJwtRoutes } from './routes/drf-jwt.ts'
import { exampleRoutes } from './routes/example.ts'
import { exportRoutes } from './routes/export.ts'
import { impersonationRoutes } from './routes/impersonation.ts'
import { jwksRoutes } from './routes/jwks.ts'
import { jwtRoutes } from './routes/jwt.ts'
import { loginFieldRoutes } from './routes/login-field.ts'
import { mailboxRoutes } from './routes/mailbox.tsx'
import { openapiRoutes } from './routes/openapi.ts'
import { pageRoutes } from './routes/pages.tsx'
import { passwordRoutes } from './routes/password.ts'
import { referenceRoutes } from './routes/reference.ts'
import { registerRoutes } from './routes/register.ts'
import { rootRoutes } from './routes/root.ts'
import { securityEventRoutes } from './routes/security-events.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { slidingRoutes } from './routes/sliding.ts'
import { userRoutes } from './routes/users.ts'
import { pathBelowPrefix } from './settings/urls.ts'

/** A path that no route has, so that it answers 404. */
const unknownPath = '//'

/** @param routes the deployer's own. They come after CORS and the size limit, and before ours. */
export function appWith<E extends App>(routes?: Hono<E>) {
  const app = new Hono<App>({ getPath, router: fixedPathRouter() })

  app.onError(onError)
  app.notFound((c) => onError(notFound(), c))

  app.use(securityHeaders)
  app.use(context)
  app.use(language)
  app.use(client)

  // Pages come before CORS: no other origin may read a mailbox or a form.
  app.route('/', mailboxRoutes)
  app.route('/', pageRoutes)

  // The public keys and the document come before CORS: they have their own headers, and any origin may read them.
  app.route('/', jwksRoutes)
  app.route('/', openapiRoutes)

  app.use(cors)
  app.use(sizeLimit)
  if (routes) app.route('/', routes)
  app.route('/', rootRoutes)
  app.route('/', referenceRoutes)
  app.route('/', jwtRoutes)
  app.route('/', slidingRoutes)
  // With DRF_JWT, `/api-token-auth/` belongs to drf-jwt. Without it, drf-jwt passes its paths on, and authtoken answers.
  app.route('/', drfJwtRoutes)
  app.route('/', authtokenRoutes)
  app.route('/auth', impersonationRoutes)
  app.route('/auth', sessionRoutes)
  app.route('/auth', securityEventRoutes)
  app.route('/auth', accountStatusRoutes)
  app.route('/auth', exportRoutes)
  app.route('/auth', activationRoutes)
  app.route('/auth', passwordRoutes)
  app.route('/auth', loginFieldRoutes)
  app.route('/auth', userRoutes)
  app.route('/', registerRoutes)
  app.route('/api', exampleRoutes)
  return app
}

// Routes are written as in Django, without URL_PREFIX. A path also matches without its final slash, and Djoser's paths
// also match with the suffix `.json`.
function getPath(request: Request, options?: { env?: Env }): string {
  const pathname = pathBelowPrefix(options?.env, pathOf(request.url))
  if (pathname === undefined) return unknownPath
  const path = pathname.startsWith('/auth/users') ? pathname.replace(/\.json$/, '') : pathname
  return path.endsWith('/') || path.includes('.') ? path : `${path}/`
}

// A path without escapes, and without segments of dots alone, is as it was sent, and needs no URL parser.
function pathOf(url: string): string {
  const [, path] = /^https?:\/\/[^/?#]+(\/(?:[\w/-]|\.\w)*)(?:\?|$)/.exec(url) ?? []
  return path ?? new URL(url).pathname
}
