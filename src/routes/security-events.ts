// Ours: what happened to an account, and its status, which staff may change.

import { type Context, Hono } from 'hono'
import { setStatus } from '../accounts/status.ts'
import { canEdit, findUser } from '../accounts/users.ts'
import { listedUserId } from '../auth/session-management.ts'
import type { App } from '../context.ts'
import type { Database } from '../db.ts'
import { parseId } from '../encoding.ts'
import { authenticateWith } from '../guards/authenticate.ts'
import { authenticated, notImpersonated, staff } from '../guards/guards.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { toJson } from '../http/model-fields.ts'
import { rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { SecurityEvent, User } from '../schema.ts'
import { listEvents } from '../security-events.ts'
import { parseUserAgent } from '../user-agent.ts'

export const securityEventRoutes = new Hono<App>()

const maxListedEvents = 100

securityEventRoutes.use(
  '/users/:id/events/',
  view('Security Events', ['GET'], { guard: authenticated }),
)
securityEventRoutes.use('/users/:id/disable/', view('Disable', ['POST'], { guard: authenticated }))
securityEventRoutes.use('/users/:id/enable/', view('Enable', ['POST'], { guard: authenticated }))

securityEventRoutes.get('/users/me/events/', (c) => eventsOf(c, undefined))

securityEventRoutes.get('/users/:id/events/', (c) => {
  const wanted = parseId(c.req.param('id'))
  if (wanted === undefined) throw notFound()
  return eventsOf(c, wanted)
})

for (const [path, status] of [
  ['/users/:id/disable/', 'disabled'],
  ['/users/:id/enable/', 'active'],
] as const) {
  securityEventRoutes.post(path, staff, notImpersonated, rateLimitCaller('status'), async (c) => {
    const { db, user: caller } = c.var
    const id = parseId(c.req.param('id'))
    if (id === undefined) throw notFound()
    if (id === caller.id) throw forbidden()

    const isSet = await setStatus(
      db,
      c.var.settings,
      caller,
      { userId: id, status },
      requestInfo(c),
    )
    if (!isSet) await checkReach(db, caller, id)

    return c.body(null, 204)
  })
}

/** @throws ApiError 404 for nobody, 403 for a superuser whom only superusers may shut out */
async function checkReach(db: Database, caller: User, id: number) {
  const user = await findUser(db, id)
  if (!user) throw notFound()
  if (!canEdit(caller, user)) throw forbidden()
}

/** The newest hundred, or with `?before=` an id the hundred before it. */
async function eventsOf(c: Context<App>, wanted: number | undefined) {
  const before = parseId(c.req.query('before') ?? '')

  const { user, rows } = await authenticateWith(c, (callerId) =>
    listEvents(c.var.db, listedUserId(callerId, wanted), { before, most: maxListedEvents }),
  )
  if (wanted !== undefined && wanted !== user.id && !user.isStaff) throw notFound()

  return c.json(rows.map(eventToJson))
}

const eventToJson = (event: SecurityEvent) => ({
  id: event.id,
  type: event.type,
  detail: event.detail,
  count: event.count,
  session: event.sessionId,
  actor: event.actorId,
  device: parseUserAgent(event.userAgent),
  ip: event.ip,
  country: event.country,
  created_at: toJson(event.createdAt),
})
