// Gatehouse's own: a user and staff list the user's sessions and revoke them. No Django package has these endpoints.

import { type Context, Hono } from 'hono'
import {
  listSessions,
  revokeAllSessions,
  revokeByRefreshToken,
  revokeSession,
} from '../auth/session-management.ts'
import { refreshFields } from '../bodies/tokens.ts'
import type { App, Call } from '../context.ts'
import { authenticateCaller, authenticateWith } from '../guards/authenticate.ts'
import { type Authenticated, authenticated, notImpersonated } from '../guards/guards.ts'
import { readTokenClaims, tokenError } from '../guards/simple-jwt.ts'
import {
  clearTokenCookiesOn,
  csrfProtection,
  hasAuthorizationHeader,
  readRefreshCookie,
} from '../guards/token-cookies.ts'
import { forbidden, invalid, notFound } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import { toJson } from '../http/model-fields.ts'
import { limitCaller, limitLogout, rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { asNamed, type NamedUser, parsePublicId, publicIdOf } from '../public-id.ts'
import type { Session } from '../schema.ts'
import { refreshExpiry } from '../sessions/session-tokens.ts'
import type { Settings } from '../settings/parse.ts'
import { parseUserAgent } from '../user-agent.ts'

export const sessionRoutes = new Hono<App>()

endpoint(sessionRoutes, '/sessions/', {
  name: 'Session List',
  guard: authenticated,
  GET: [showSessions],
  DELETE: [authenticated, notImpersonated, rateLimitCaller('logout'), revokeOthers],
})

endpoint(sessionRoutes, '/sessions/:id/', {
  name: 'Session',
  guard: authenticated,
  DELETE: [authenticated, notImpersonated, rateLimitCaller('logout'), revokeOne],
})

endpoint(sessionRoutes, '/jwt/logout/', {
  name: 'Log out',
  POST: [csrfProtection, clearTokenCookiesOn(204, 401), logOut],
})

async function showSessions(c: Context<App>) {
  const { db, settings, now } = c.var
  const named = requestedUser(c)

  const reads = named === undefined ? 'own' : 'primary'
  const { user, sessionId, rows } = await authenticateWith(c, reads, (callerId) =>
    listSessions(db, settings, callerId, now),
  )
  const isOwn = named === undefined || named.publicId === publicIdOf(settings, user)
  if (!isOwn && !user.isStaff) throw forbidden()

  const listed = isOwn ? rows : await listSessions(db, settings, named.id, now)
  return c.json(listed.map((session) => sessionToJson(settings, session, sessionId)))
}

/** Revokes the caller's other sessions; for staff with `?user=`, every session of that user. */
async function revokeOthers(c: Context<Authenticated>) {
  const { db, settings, user, sessionId, claims } = c.var
  const own = asNamed(settings, user)
  const named = requestedUser(c) ?? own
  const isOwner = named.publicId === own.publicId
  if (!isOwner && !user.isStaff) throw forbidden()

  const kept = isOwner
    ? { isOwner, exceptSessionId: sessionId, exceptKey: claims === undefined }
    : {}
  const isRevoked = await revokeAllSessions(db, user, isOwner ? own : named, kept, requestInfo(c))
  if (!isRevoked) throw notFound()

  return c.body(null, 204)
}

async function revokeOne(c: Context<Authenticated>) {
  const { db, user } = c.var

  const sessionId = c.req.param('id') ?? ''
  const isRevoked = await revokeSession(db, user, sessionId, 'user', requestInfo(c))
  if (!isRevoked) throw notFound()

  return c.body(null, 204)
}

/**
 * Revokes the session of the refresh token in the body. Without that token, it revokes the session of the access token that
 * authenticates the request; without both, the session of the cookies.
 */
async function logOut(c: Context<App>) {
  const { db, settings } = c.var
  const sent = await fields(c, refreshFields)
  const refresh = sent.refresh ?? (hasAuthorizationHeader(c) ? undefined : readRefreshCookie(c))
  if (refresh !== undefined) {
    const claims = await readTokenClaims(c, refresh, 'refresh')
    await limitLogout(c, claims)
    const how = { type: 'session_revoked', detail: 'logged_out' } as const
    const outcome = await revokeByRefreshToken(db, settings, claims, how, requestInfo(c))
    if (outcome === 'invalid') throw tokenError(c, outcome)
    return c.body(null, 204)
  }
  const { user, sessionId } = await authenticateCaller(c, 'primary')
  if (sessionId === undefined) throw invalid({ refresh: ['This field is required.'] })
  await limitCaller(c, 'logout', user)
  await revokeSession(db, user, sessionId, 'logged_out', requestInfo(c))

  return c.body(null, 204)
}

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

/** The user in `?user=`. @throws ApiError 404 if it is not an id */
function requestedUser({ req, var: { settings } }: Call): NamedUser | undefined {
  const sent = req.query('user')
  if (sent === undefined || sent === '') return undefined
  const named = parsePublicId(settings, sent)
  if (!named) throw notFound()
  return named
}
