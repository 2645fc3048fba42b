// drf-jwt's ImpersonateView and BlacklistView, with stricter permissions than the original. There a superuser may
// become another superuser without a record, and any user may blacklist the token of any other user.

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { mayBeImpersonated } from '../accounts/rights.ts'
import { findDrfJwtUser, revokeFamily, type TokenUser } from '../auth/drf-jwt.ts'
import { actorClaim, actorId, findUserToImpersonate } from '../auth/impersonation.ts'
import { drfJwtBlacklistFields, impersonationFields } from '../bodies/tokens.ts'
import type { App } from '../context.ts'
import { drfJwtMessage, readDrfJwtToken } from '../guards/drf-jwt.ts'
import {
  checkDrfJwtOrigin,
  clearDrfJwtCookies,
  setDrfJwtCookie,
} from '../guards/drf-jwt-cookies.ts'
import { type Authenticated, authenticated } from '../guards/guards.ts'
import { forbidden, invalid, nonFieldError, notFound } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import { rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { familyExpiry, isDrfJwt, newDrfJwt, tokenFamilyOf } from '../tokens/drf-jwt.ts'

export const impersonationRoutes = new Hono<App>()

const drfJwtOnly = createMiddleware<App>(async function drfJwtOnly(c, next) {
  const { enabled, packageName } = c.var.settings.drfJwt
  if (!enabled || packageName !== 'drf-jwt') throw notFound()
  await next()
})

impersonationRoutes.use('/impersonate/', drfJwtOnly)
impersonationRoutes.use('/logout/', drfJwtOnly)

endpoint(impersonationRoutes, '/impersonate/', {
  name: 'Impersonate JSON Web Token',
  guard: authenticated,
  description: `API View that allows superusers to impersonate other users.`,
  POST: [authenticated, rateLimitCaller('impersonate'), impersonate],
})

endpoint(impersonationRoutes, '/logout/', {
  name: 'Blacklist',
  guard: authenticated,
  POST: [authenticated, rateLimitCaller('logout'), blacklist],
})

async function impersonate(c: Context<Authenticated>) {
  const { db, settings, now, user: caller, claims: callerClaims } = c.var
  if (!caller.isSuperuser) throw forbidden()
  checkDrfJwtOrigin(c)
  const { user: named } = await fields(c, impersonationFields(settings))

  const user = await findUserToImpersonate(db, caller, named, requestInfo(c))
  if (!user) throw invalid({ user: [`Invalid pk "${named.publicId}" - object does not exist.`] })
  if (!mayBeImpersonated(user)) throw forbidden()
  if (user.status !== 'active') throw nonFieldError('User account is disabled.')

  const actor = actorClaim(settings, caller, callerClaims)
  const { token } = await newDrfJwt(settings, user, { actor }, now)
  setDrfJwtCookie(c, settings.drfJwt.impersonationCookie, token)
  return c.json({ token }, 201)
}

async function blacklist(c: Context<Authenticated>) {
  const { db, settings, now } = c.var
  const sent = await fields(c, drfJwtBlacklistFields)
  const { token, user, claims } = await findTokenToRevoke(c, sent.token)
  const jti = tokenFamilyOf(claims)
  if (jti === undefined) throw nonFieldError('orig_jti or jti field not found in token.')

  // Revoking a superuser's family also revokes the tokens that impersonate others. The newest may be from just now.
  const newest = user.isSuperuser ? { ...claims, orig_iat: now.getTime() / 1000 } : claims
  const expiresAt = familyExpiry(settings, newest)
  await revokeFamily(db, user, { jti, expiresAt }, requestInfo(c))

  clearDrfJwtCookies(c, token)
  return c.json({ token }, 201)
}

/** The token in the body, if it is the caller's; without one, the token that authenticates the request. */
async function findTokenToRevoke(
  c: Context<Authenticated>,
  sent: string | undefined,
): Promise<TokenUser & { token: string }> {
  const { db, settings, now, user, claims } = c.var
  // Simple JWT's tokens and authtoken keys authenticate the caller as well, but have no family to revoke.
  const current = claims && isDrfJwt(settings, claims) ? { user, claims } : undefined
  if (sent === undefined) {
    const token = current && readDrfJwtToken(c)
    if (!token) throw invalid({ token: ['This field is required.'] })
    return { ...current, token }
  }
  const found = await findDrfJwtUser(db, settings, sent, now)
  if (typeof found === 'string') throw nonFieldError(drfJwtMessage(settings, found))
  const callerId = actorId(settings, current ?? { user, claims: {} })
  if (actorId(settings, found) !== callerId) throw forbidden()
  return { ...found, token: sent }
}
