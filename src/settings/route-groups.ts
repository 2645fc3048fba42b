// The route groups. `http/disabled-routes.ts` says which routes belong to each.

export const routeGroups = [
  'users_list',
  'user_create',
  'users',
  'activation',
  'password',
  'username',
  'jwt',
  'token',
  'sliding',
  'authtoken',
  'drf_jwt',
  'jwks',
  'openapi',
  'pages',
  'protected',
  'register',
  'sessions',
  'events',
  'export',
  'status',
] as const
export type RouteGroup = (typeof routeGroups)[number]
