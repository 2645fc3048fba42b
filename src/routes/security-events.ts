// Gatehouse's own: the security events of an account, for its owner and for staff.

import { type Context, Hono } from 'hono'
import type { App } from '../context.ts'
import { parseId } from '../encoding.ts'
import { authenticateWith } from '../guards/authenticate.ts'
import { authenticated } from '../guards/guards.ts'
import { notFound } from '../http/errors.ts'
import { toJson } from '../http/model-fields.ts'
import { view } from '../http/view.ts'
import type { SecurityEvent } from '../schema.ts'
import { listEvents } from '../security-events.ts'
import { parseUserAgent } from '../user-agent.ts'

export const securityEventRoutes = new Hono<App>()

const maxListedEvents = 100

// The view applies to `/users/me/events/` as well: the pattern matches it.
securityEventRoutes.use(
  '/users/:id/events/',
  view('Security Events', ['GET'], { guard: authenticated }),
)

securityEventRoutes.get('/users/me/events/', (c) => showEvents(c, undefined))

securityEventRoutes.get('/users/:id/events/', (c) => {
  const userId = parseId(c.req.param('id'))
  if (userId === undefined) throw notFound()
  return showEvents(c, userId)
})

/** Answers the newest events, or those before the id in `?before=`. Without a user id they are the caller's. */
async function showEvents(c: Context<App>, userId: number | undefined) {
  const { db } = c.var
  const slice = { before: parseId(c.req.query('before') ?? ''), limit: maxListedEvents }

  const reads = userId === undefined ? 'own' : 'primary'
  const { user: caller, rows } = await authenticateWith(c, reads, (callerId) =>
    listEvents(db, callerId, slice),
  )
  const isOwn = userId === undefined || userId === caller.id
  if (!isOwn && !caller.isStaff) throw notFound()

  const listed = isOwn ? rows : await listEvents(db, userId, slice)
  return c.json(listed.map(eventToJson))
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
