// Ours: what happened to an account, and its status, which staff may change.

import { type Context, Hono } from 'hono'
import { setStatus } from '../accounts/status.ts'
import { findUser, mayWrite } from '../accounts/users.ts'
import { listedFor } from '../auth/session-management.ts'
import type { App } from '../context.ts'
import type { Database } from '../db.ts'
import { authenticated, callerAnd, inPerson, staff } from '../guards/guards.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { shownValue } from '../http/model-fields.ts'
import { throttleCaller } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { SecurityEvent, User } from '../schema.ts'
import { listEvents } from '../security-events.ts'
import { idIn } from '../tokens/encoding.ts'
import { shownDevice } from '../user-agent.ts'

export const events = new Hono<App>()

const mostListed = 100

events.use('/users/:id/events/', view('Security Events', ['GET'], { otherwise: authenticated }))
events.use('/users/:id/disable/', view('Disable', ['POST'], { otherwise: authenticated }))
events.use('/users/:id/enable/', view('Enable', ['POST'], { otherwise: authenticated }))

events.get('/users/me/events/', (c) => eventsOf(c, undefined))

events.get('/users/:id/events/', (c) => {
  const wanted = idIn(c.req.param('id'))
  if (wanted === undefined) throw notFound()
  return eventsOf(c, wanted)
})

for (const [path, status] of [
  ['/users/:id/disable/', 'disabled'],
  ['/users/:id/enable/', 'active'],
] as const) {
  events.post(path, staff, inPerson, throttleCaller('status'), async (c) => {
    const { db, user: caller } = c.var
    const id = idIn(c.req.param('id'))
    if (id === undefined) throw notFound()
    if (id === caller.id) throw forbidden()

    const isSet = await setStatus(db, c.var.settings, caller, id, status, occasionOf(c))
    if (!isSet) await checkReach(db, caller, id)

    return c.body(null, 204)
  })
}

/** @throws ApiError 404 for nobody, 403 for a superuser whom only superusers may shut out */
async function checkReach(db: Database, caller: User, id: number) {
  const user = await findUser(db, id)
  if (!user) throw notFound()
  if (!mayWrite(caller, user)) throw forbidden()
}

/** The newest hundred, or with `?before=` an id the hundred before it. */
async function eventsOf(c: Context<App>, wanted: number | undefined) {
  const before = idIn(c.req.query('before') ?? '')

  const { user, rows } = await callerAnd(c, (callerId) =>
    listEvents(c.var.db, listedFor(callerId, wanted), { before, most: mostListed }),
  )
  if (wanted !== undefined && wanted !== user.id && !user.isStaff) throw notFound()

  return c.json((rows ?? []).map(represent))
}

const represent = (event: SecurityEvent) => ({
  id: event.id,
  kind: event.kind,
  detail: event.detail,
  count: event.count,
  session: event.sessionId,
  actor: event.actorId,
  device: shownDevice(event.userAgent),
  ip: event.ip,
  country: event.country,
  created_at: shownValue(event.createdAt),
})
