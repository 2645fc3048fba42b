// The route groups that DISABLED_ROUTES switches off. A disabled route answers 404 to every method, before anything
// else is checked. Views check it themselves; a route without a view uses `unlessDisabled`.

import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { App } from '../context.ts'
import type { Settings } from '../settings/parse.ts'
import type { RouteGroup } from '../settings/route-groups.ts'
import { notFound } from './errors.ts'

/** The paths of each group, as routed. A path with a method is disabled for that method only. */
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
  openapi: ['/openapi.json', '/docs/*'],
  pages: [
    '/activate/',
    '/activate/again/',
    '/reset-password/',
    '/reset-password/again/',
    '/reset-username/',
    '/change-email/',
  ],
  protected: ['/api/protected-endpoint/'],
  register: ['/register/'],
  sessions: ['/auth/sessions/', '/auth/sessions/:id/', '/auth/jwt/logout/'],
  events: ['/auth/users/:id/events/'],
  export: ['/auth/users/me/export/'],
  status: ['/auth/users/:id/disable/', '/auth/users/:id/enable/'],
}

export const isDisabled = ({ disabledRoutes, drfJwt }: Settings, method: string, path: string) =>
  disabledRoutes.some((group) => {
    const paths = groups[group]
    return (
      paths.includes(path) ||
      paths.includes(`${method} ${path}`) ||
      (path === sharedPath && group === (drfJwt.enabled ? 'drf_jwt' : 'authtoken'))
    )
  })

/** The login of drf-jwt with DRF_JWT, and of authtoken without it. */
const sharedPath = '/api-token-auth/'

export const unlessDisabled = createMiddleware<App>(async function unlessDisabled(c, next) {
  if (isDisabled(c.var.settings, c.req.method, routePath(c))) throw notFound()
  await next()
})
