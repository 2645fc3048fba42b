// Ours: the log-ins of a user, for himself and the staff to see and end. No package of Django's has them.

import { Hono } from 'hono'
import * as v from 'valibot'
import {
  endAllOf,
  endByToken,
  endSession,
  listedFor,
  listSessions,
} from '../auth/session-management.ts'
import type { App } from '../context.ts'
import { authenticated, callerAnd, inPerson } from '../guards/guards.ts'
import { claimsOf, refused } from '../guards/simple-jwt.ts'
import { dropCookiesAt, hasHeader, ownPage, refreshInCookie } from '../guards/token-cookies.ts'
import { forbidden, invalid, notFound } from '../http/errors.ts'
import { fields, text } from '../http/fields.ts'
import { shownValue } from '../http/model-fields.ts'
import { limitCaller, limitLogOut, throttleCaller } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { Session } from '../schema.ts'
import { refreshEnd } from '../sessions/session-tokens.ts'
import type { Settings } from '../settings/parse.ts'
import { idIn } from '../tokens/encoding.ts'
import { shownDevice } from '../user-agent.ts'

export const sessions = new Hono<App>()

sessions.use('/sessions/', view('Session List', ['GET', 'DELETE'], { otherwise: authenticated }))
sessions.use('/sessions/:id/', view('Session', ['DELETE'], { otherwise: authenticated }))
sessions.use('/jwt/logout/', view('Log out', ['POST']))

sessions.get('/sessions/', async (c) => {
  const { db, settings, now } = c.var
  const wanted = userAskedFor(c.req.query('user'))

  const { user, sessionId, rows } = await callerAnd(c, (callerId) =>
    listSessions(db, settings, listedFor(callerId, wanted), now),
  )
  if (wanted !== undefined && wanted !== user.id && !user.isStaff) throw forbidden()

  return c.json((rows ?? []).map((session) => represent(settings, session, sessionId)))
})

// All others of one's own; as staff, with `?user=`, all of another's.
sessions.delete('/sessions/', authenticated, inPerson, throttleCaller('log-out'), async (c) => {
  const { db, user, sessionId, claims } = c.var
  const wanted = userAskedFor(c.req.query('user')) ?? user.id
  const isOwn = wanted === user.id
  if (!isOwn && !user.isStaff) throw forbidden()

  const kept = isOwn ? { keep: sessionId, keepKey: claims === undefined } : {}
  const isEnded = await endAllOf(db, user, wanted, kept, occasionOf(c))
  if (!isEnded) throw notFound()

  return c.body(null, 204)
})

sessions.delete('/sessions/:id/', authenticated, inPerson, throttleCaller('log-out'), async (c) => {
  const { db, user } = c.var

  const isEnded = await endSession(db, user, c.req.param('id'), 'ended', occasionOf(c))
  if (!isEnded) throw notFound()

  return c.body(null, 204)
})

/**
 * Ends the session of the refresh token in the body or, without one, of the access token that calls; of a
 * browser that says neither, that of its cookies.
 */
sessions.post('/jwt/logout/', ownPage, dropCookiesAt(204, 401), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { refresh: v.optional(text()) })
  const refresh = sent.refresh ?? (hasHeader(c) ? undefined : refreshInCookie(c))
  if (refresh !== undefined) {
    const claims = await claimsOf(c, refresh, 'refresh')
    await limitLogOut(c, claims)
    const how = { kind: 'session_ended', detail: 'logged out' } as const
    const outcome = await endByToken(db, settings, claims, how, occasionOf(c))
    if (outcome === 'invalid') throw refused(c, outcome)
    return c.body(null, 204)
  }
  const { user, sessionId } = await callerAnd(c)
  if (sessionId === undefined) throw invalid({ refresh: ['This field is required.'] })
  await limitCaller(c, 'log-out', user)
  await endSession(db, user, sessionId, 'logged_out', occasionOf(c))

  return c.body(null, 204)
})

const represent = (settings: Settings, session: Session, current: string | undefined) => ({
  id: session.id,
  current: session.id === current,
  device: shownDevice(session.userAgent),
  ip: session.ip,
  country: session.country,
  created_at: shownValue(session.createdAt),
  last_used_at: shownValue(session.usedAt ?? session.refreshedAt),
  expires_at: shownValue(refreshEnd(settings, session)),
})

/** @throws ApiError 404 for what is no id */
function userAskedFor(sent: string | undefined): number | undefined {
  if (sent === undefined || sent === '') return undefined
  const id = idIn(sent)
  if (id === undefined) throw notFound()
  return id
}
