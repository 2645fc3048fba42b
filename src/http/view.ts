// Mounts views. Like REST framework, every view negotiates the format, sets `Allow` and `Vary`, answers OPTIONS, and rejects
// other methods. The order is that of APIView.dispatch: format, caller, method.

import type { Handler, Hono, MiddlewareHandler, Next } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { App } from '../context.ts'
import { mediaTypes } from './body.ts'
import { isDisabled } from './disabled-routes.ts'
import { ApiError, methodNotAllowed, notFound } from './errors.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ViewOptions {
  /** Runs before OPTIONS is answered and before a method is rejected. */
  guard?: MiddlewareHandler | undefined
  /** The description in the answer to OPTIONS: the docstring of Django's view. */
  description?: string | undefined
  /** False if Django's view has one renderer, so that `Accept` does not change the answer. */
  varies?: boolean | undefined
}

/**
 * Mounts a view. Each method runs its guards in their order, and then its handler.
 * @example
 * endpoint(userRoutes, '/users/me/', {
 *   name: 'Me',
 *   guard: authenticated,
 *   GET: [authenticated, showMe],
 *   DELETE: [withPasswordThrottle, notImpersonated, deleteMe],
 * })
 */
export function endpoint<const T extends Table, E extends App>(
  app: Hono<E>,
  path: string | string[],
  { name, guard, description, varies, ...table }: ViewOptions & { name: string } & T & Guarded<T>,
) {
  const paths = [path].flat()
  const methods = Object.keys(table) as Method[]
  app.on('ALL', paths, view(name, methods, { guard, description, varies }))
  for (const method of methods) app.on(method, paths, ...(table[method] as Handler[]))
}

type Step = (c: never, next: Next) => unknown

type Table = { readonly [Name in Method]?: readonly Step[] }

/** The same table; a type error if a handler reads a variable that no guard before it sets. */
type Guarded<T extends Table> = {
  [Name in keyof T]: T[Name] extends readonly [...infer Guards extends Step[], infer Last]
    ? VariablesOf<Guards[number] | Handler<App>> extends VariablesOf<Last>
      ? T[Name]
      : 'a guard is missing'
    : T[Name]
}

type VariablesOf<F> = [F] extends [(c: infer C, next: Next) => unknown]
  ? C extends { var: infer Variables }
    ? Variables
    : never
  : never

/** The middleware before the handlers of a path. `endpoint` mounts it; a path with other middleware uses it itself. */
export function view(
  name: string,
  methods: Method[],
  { guard, description = '', varies = true }: ViewOptions = {},
) {
  return createMiddleware<App>(async function view(c, next) {
    const { settings } = c.var
    const path = routePath(c)
    const enabled = methods.filter((method) => !isDisabled(settings, method, path))
    const requested = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const isOff = methods.some((method) => method === requested && !enabled.includes(method))
    if (enabled.length === 0 || isOff) throw notFound()

    const allowed = [...enabled, ...(enabled.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
    c.header('Allow', allowed.join(', '))
    if (varies) c.header('Vary', 'Accept', { append: true })
    c.header('Cache-Control', 'no-store') // RFC 6749 §5.1
    negotiate(c.req.header('accept'), c.req.query('format'))

    const { method } = c.req
    if (method !== 'OPTIONS' && allowed.includes(method)) return next()
    await guard?.(c, async () => {})
    if (method !== 'OPTIONS') throw methodNotAllowed(method)
    return c.json({ name, description, renders: ['application/json'], parses: mediaTypes })
  })
}

function negotiate(accept: string | undefined, format: string | undefined) {
  if (format !== undefined && format !== '' && format !== 'json') throw notFound()
  const ranges = (accept || '*/*')
    .split(',')
    .map((range) => range.split(';', 1)[0]?.trim().toLowerCase())
  const acceptable = ['*/*', 'application/*', 'application/json']
  if (!ranges.some((range) => range !== undefined && acceptable.includes(range))) {
    throw new ApiError(406, { detail: 'Could not satisfy the request Accept header.' })
  }
}
