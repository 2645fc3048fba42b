// What REST framework does around every view: the answer's format, `Allow` and `Vary`, OPTIONS, and the
// refusal of other methods. The order is APIView.dispatch's: format, then who calls, then the method.

import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { App } from '../context.ts'
import { mediaTypes } from './body.ts'
import { isDisabled } from './disabled-routes.ts'
import { ApiError, methodNotAllowed, notFound } from './errors.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface ViewOptions {
  /** The guard that OPTIONS and refused methods meet first. */
  guard?: MiddlewareHandler
  /** What OPTIONS says of it: the docstring of the original. */
  description?: string
  /** False for a view that has one renderer in the original, too. */
  varies?: boolean
}

/** Stands before the handlers of a path, as `users.use('/users/', view('User List', ['GET']))`. */
export function view(
  name: string,
  methods: Method[],
  { guard, description = '', varies = true }: ViewOptions = {},
) {
  return createMiddleware<App>(async function view(c, next) {
    const path = routePath(c)
    const open = methods.filter((method) => !isDisabled(c.var.settings, method, path))
    const asked = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const isSwitchedOff = methods.some((method) => method === asked && !open.includes(method))
    if (open.length === 0 || isSwitchedOff) throw notFound()

    const allowed = [...open, ...(open.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
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
