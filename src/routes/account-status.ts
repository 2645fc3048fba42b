// Gatehouse's own: staff disable an account, and enable it again.

import { type Context, Hono } from 'hono'
import { setStatus } from '../accounts/status.ts'
import { canEdit, findUser } from '../accounts/users.ts'
import type { App } from '../context.ts'
import { type Authenticated, authenticated, notImpersonated, staff } from '../guards/guards.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { type NamedUser, parsePublicId, publicIdOf } from '../public-id.ts'

export const accountStatusRoutes = new Hono<App>()

const guards = [staff, notImpersonated, rateLimitCaller('status')] as const

endpoint(accountStatusRoutes, '/users/:id/disable/', {
  name: 'Disable',
  guard: authenticated,
  POST: [...guards, (c: Context<Authenticated>) => changeStatus(c, 'disabled')],
})

endpoint(accountStatusRoutes, '/users/:id/enable/', {
  name: 'Enable',
  guard: authenticated,
  POST: [...guards, (c: Context<Authenticated>) => changeStatus(c, 'active')],
})

async function changeStatus(c: Context<Authenticated>, status: 'active' | 'disabled') {
  const { db, settings, user: caller } = c.var
  const named = parsePublicId(settings, c.req.param('id') ?? '')
  if (!named) throw notFound()
  if (named.publicId === publicIdOf(settings, caller)) throw forbidden()

  const isSet = await setStatus(db, settings, caller, { user: named, status }, requestInfo(c))
  if (!isSet) await checkReach(c, named)

  return c.body(null, 204)
}

/** @throws ApiError 404 if the user does not exist, 403 for a superuser if the caller is none */
async function checkReach(c: Context<Authenticated>, { id }: NamedUser) {
  const { db, user: caller } = c.var
  const user = await findUser(db, id)
  if (!user) throw notFound()
  if (!canEdit(caller, user)) throw forbidden()
}
