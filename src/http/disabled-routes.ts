// The families of routes that DISABLED_ROUTES switches off. What is off is not there: 404 for every
// method, before anything else is looked at. `view` asks; what has no view asks by `switchable`.

import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { App } from '../context.ts'
import type { Settings } from '../settings/parse.ts'
import type { RouteGroup } from '../settings/route-groups.ts'
import { notFound } from './errors.ts'

/** Paths as they are routed; with a method, that one alone. */
const groups: Record<RouteGroup, string[]> = {
  users_list: ['GET /auth/users/'],
  user_create: ['POST /auth/users/'],
  users: ['/auth/users/me/', '/auth/users/:id/'],
  activation: ['/auth/users/activation/', '/auth/users/resend_activation/'],
  password: [
    '/auth/users/set_password/',
    '/auth/users/reset_password/',
    '/auth/users/reset_password_confirm/',
  ],
  username: ['email', 'username'].flatMap((name) => [
    `/auth/users/set_${name}/`,
    `/auth/users/set_${name}_confirm/`,
    `/auth/users/reset_${name}/`,
    `/auth/users/reset_${name}_confirm/`,
  ]),
  jwt: ['/auth/jwt/create/', '/auth/jwt/refresh/', '/auth/jwt/verify/'],
  token: ['/api/token/', '/api/token/refresh/', '/api/token/verify/', '/api/token/blacklist/'],
  sliding: ['/api/token/sliding/', '/api/token/sliding/refresh/'],
  authtoken: ['/auth/token/login/', '/auth/token/logout/'],
  drf_jwt: ['/api-token-verify/', '/api-token-refresh/', '/auth/impersonate/', '/auth/logout/'],
  jwks: ['/.well-known/jwks.json'],
  pages: [
    ...['/activate/', '/activate/again/', '/reset-password/', '/reset-password/again/'],
    ...['/reset-username/', '/change-email/'],
  ],
  protected: ['/api/protected-endpoint/'],
  register: ['/register/'],
  sessions: ['/auth/sessions/', '/auth/sessions/:id/', '/auth/jwt/logout/'],
  events: ['/auth/users/:id/events/'],
  export: ['/auth/users/me/export/'],
  status: ['/auth/users/:id/disable/', '/auth/users/:id/enable/'],
}

export const isDisabled = ({ disabledRoutes, drfJwt }: Settings, method: string, path: string) =>
  disabledRoutes.some((family) => {
    const paths = groups[family]
    return (
      paths.includes(path) ||
      paths.includes(`${method} ${path}`) ||
      (path === sharedPath && family === (drfJwt.enabled ? 'drf_jwt' : 'authtoken'))
    )
  })

/** The login of drf-jwt with DRF_JWT, and of authtoken without. */
const sharedPath = '/api-token-auth/'

export const unlessDisabled = createMiddleware<App>(async function switchable(c, next) {
  if (isDisabled(c.var.settings, c.req.method, routePath(c))) throw notFound()
  await next()
})
