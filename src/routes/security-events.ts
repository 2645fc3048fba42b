// Gatehouse's own: the security events of an account, for its owner and for staff.

import { type Context, Hono } from 'hono'
import type { App } from '../context.ts'
import { parseId } from '../encoding.ts'
import { authenticateWith } from '../guards/authenticate.ts'
import { authenticated } from '../guards/guards.ts'
import { notFound } from '../http/errors.ts'
import { toJson } from '../http/model-fields.ts'
import { view } from '../http/view.ts'
import { type NamedUser, parsePublicId, publicIdOf } from '../public-id.ts'
import { type ListedEvent, listEvents } from '../security-events.ts'
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
  const named = parsePublicId(c.var.settings, c.req.param('id'))
  if (!named) throw notFound()
  return showEvents(c, named)
})

/** Answers the newest events, or those before the id in `?before=`. Without a user they are the caller's. */
async function showEvents(c: Context<App>, named: NamedUser | undefined) {
  const { db, settings } = c.var
  const slice = { before: parseId(c.req.query('before') ?? ''), limit: maxListedEvents }

  const reads = named === undefined ? 'own' : 'primary'
  const { user: caller, rows } = await authenticateWith(c, reads, (callerId) =>
    listEvents(db, settings, callerId, slice),
  )
  const isOwn = named === undefined || named.publicId === publicIdOf(settings, caller)
  if (!isOwn && !caller.isStaff) throw notFound()

  const listed = isOwn ? rows : await listEvents(db, settings, named.id, slice)
  return c.json(listed.map(eventToJson))
}

const eventToJson = (event: ListedEvent) => ({
  id: event.id,
  type: event.type,
  detail: event.detail,
  count: event.count,
  session: event.sessionId,
  actor: event.actor,
  device: parseUserAgent(event.userAgent),
  ip: event.ip,
  country: event.country,
  created_at: toJson(event.createdAt),
})
