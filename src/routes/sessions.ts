// Ours: the log-ins of a user, for himself and the staff to see and end. No package of Django's has them.

import { Hono } from 'hono'
import * as v from 'valibot'
import {
  listedUserId,
  listSessions,
  revokeAllSessions,
  revokeByRefreshToken,
  revokeSession,
} from '../auth/session-management.ts'
import type { App } from '../context.ts'
import { parseId } from '../encoding.ts'
import { authenticateCaller, authenticateWith } from '../guards/authenticate.ts'
import { authenticated, notImpersonated } from '../guards/guards.ts'
import { readTokenClaims, tokenError } from '../guards/simple-jwt.ts'
import {
  clearTokenCookiesOn,
  csrfProtection,
  hasAuthorizationHeader,
  readRefreshCookie,
} from '../guards/token-cookies.ts'
import { forbidden, invalid, notFound } from '../http/errors.ts'
import { fields, text } from '../http/fields.ts'
import { toJson } from '../http/model-fields.ts'
import { limitCaller, limitLogout, rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { Session } from '../schema.ts'
import { refreshExpiry } from '../sessions/session-tokens.ts'
import type { Settings } from '../settings/parse.ts'
import { parseUserAgent } from '../user-agent.ts'

export const sessionRoutes = new Hono<App>()

sessionRoutes.use('/sessions/', view('Session List', ['GET', 'DELETE'], { guard: authenticated }))
sessionRoutes.use('/sessions/:id/', view('Session', ['DELETE'], { guard: authenticated }))
sessionRoutes.use('/jwt/logout/', view('Log out', ['POST']))

sessionRoutes.get('/sessions/', async (c) => {
  const { db, settings, now } = c.var
  const wanted = userAskedFor(c.req.query('user'))

  const { user, sessionId, rows } = await authenticateWith(c, (callerId) =>
    listSessions(db, settings, listedUserId(callerId, wanted), now),
  )
  if (wanted !== undefined && wanted !== user.id && !user.isStaff) throw forbidden()

  return c.json(rows.map((session) => sessionToJson(settings, session, sessionId)))
})

// All others of one's own; as staff, with `?user=`, all of another's.
sessionRoutes.delete(
  '/sessions/',
  authenticated,
  notImpersonated,
  rateLimitCaller('log-out'),
  async (c) => {
    const { db, user, sessionId, claims } = c.var
    const wanted = userAskedFor(c.req.query('user')) ?? user.id
    const isOwn = wanted === user.id
    if (!isOwn && !user.isStaff) throw forbidden()

    const kept = isOwn ? { keep: sessionId, keepKey: claims === undefined } : {}
    const isEnded = await revokeAllSessions(db, user, wanted, kept, requestInfo(c))
    if (!isEnded) throw notFound()

    return c.body(null, 204)
  },
)

sessionRoutes.delete(
  '/sessions/:id/',
  authenticated,
  notImpersonated,
  rateLimitCaller('log-out'),
  async (c) => {
    const { db, user } = c.var

    const isEnded = await revokeSession(db, user, c.req.param('id'), 'user', requestInfo(c))
    if (!isEnded) throw notFound()

    return c.body(null, 204)
  },
)

/**
 * Ends the session of the refresh token in the body or, without one, of the access token that calls; of a
 * browser that says neither, that of its cookies.
 */
sessionRoutes.post('/jwt/logout/', csrfProtection, clearTokenCookiesOn(204, 401), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { refresh: v.optional(text()) })
  const refresh = sent.refresh ?? (hasAuthorizationHeader(c) ? undefined : readRefreshCookie(c))
  if (refresh !== undefined) {
    const claims = await readTokenClaims(c, refresh, 'refresh')
    await limitLogout(c, claims)
    const how = { type: 'session_revoked', detail: 'logged_out' } as const
    const outcome = await revokeByRefreshToken(db, settings, claims, how, requestInfo(c))
    if (outcome === 'invalid') throw tokenError(c, outcome)
    return c.body(null, 204)
  }
  const { user, sessionId } = await authenticateCaller(c)
  if (sessionId === undefined) throw invalid({ refresh: ['This field is required.'] })
  await limitCaller(c, 'log-out', user)
  await revokeSession(db, user, sessionId, 'logged_out', requestInfo(c))

  return c.body(null, 204)
})

const sessionToJson = (settings: Settings, session: Session, current: string | undefined) => ({
  id: session.id,
  current: session.id === current,
  device: parseUserAgent(session.userAgent),
  ip: session.ip,
  country: session.country,
  created_at: toJson(session.createdAt),
  last_used_at: toJson(session.lastUsedAt ?? session.refreshedAt),
  expires_at: toJson(refreshExpiry(settings, session)),
})

/** @throws ApiError 404 for what is no id */
function userAskedFor(sent: string | undefined): number | undefined {
  if (sent === undefined || sent === '') return undefined
  const id = parseId(sent)
  if (id === undefined) throw notFound()
  return id
}
