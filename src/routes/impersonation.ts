// Styria's ImpersonateView and BlacklistView. Of both the original asks less: there a superuser may become
// another one without a trace, and anybody may blacklist anybody's token.

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import { mayBeImpersonated } from '../accounts/rights.ts'
import { findDrfJwtUser, revokeFamily, type TokenUser } from '../auth/drf-jwt.ts'
import { actorClaim, actorId, findUserToImpersonate } from '../auth/impersonation.ts'
import type { App } from '../context.ts'
import { drfJwtMessage, readDrfJwtToken } from '../guards/drf-jwt.ts'
import {
  checkOriginWithCookies,
  clearCookiesHolding,
  setTokenCookie,
} from '../guards/drf-jwt-cookies.ts'
import { type Authenticated, authenticated } from '../guards/guards.ts'
import { forbidden, invalid, notFound } from '../http/errors.ts'
import { fields, primaryKey, text } from '../http/fields.ts'
import { rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { familyExpiry, isDrfJwt, newDrfJwt, tokenFamilyOf } from '../tokens/drf-jwt.ts'

export const impersonationRoutes = new Hono<App>()

const styriaOnly = createMiddleware<App>(async function styriaOnly(c, next) {
  const { enabled, packageName } = c.var.settings.drfJwt
  if (!enabled || packageName !== 'drf-jwt') throw notFound()
  await next()
})

const impersonateView = view('Impersonate JSON Web Token', ['POST'], {
  guard: authenticated,
  description: `API View that allows superusers to impersonate other users.`,
})
const blacklistView = view('Blacklist', ['POST'], { guard: authenticated })

impersonationRoutes.use('/impersonate/', styriaOnly, impersonateView)
impersonationRoutes.use('/logout/', styriaOnly, blacklistView)

impersonationRoutes.post(
  '/impersonate/',
  authenticated,
  rateLimitCaller('impersonate'),
  async (c) => {
    const { db, settings, now, user: caller, claims: callers } = c.var
    if (!caller.isSuperuser) throw forbidden()
    checkOriginWithCookies(c)
    const { user: id } = await fields(c, { user: primaryKey() })

    const user = await findUserToImpersonate(db, caller, id, requestInfo(c))
    if (!user) throw invalid({ user: [`Invalid pk "${id}" - object does not exist.`] })
    if (!mayBeImpersonated(user)) throw forbidden()
    if (user.status !== 'active') throw refused('User account is disabled.')

    const actor = actorClaim(settings, caller, callers)
    const { token } = await newDrfJwt(settings, user, { actor }, now)
    setTokenCookie(c, settings.drfJwt.impersonationCookie, token)
    return c.json({ token }, 201)
  },
)

impersonationRoutes.post('/logout/', authenticated, rateLimitCaller('log-out'), async (c) => {
  const { db, settings, now } = c.var
  const sent = await fields(c, { token: v.optional(text()) })
  const { token, holder } = await endedBy(c, sent.token)
  const { user, claims } = holder
  const jti = tokenFamilyOf(claims)
  if (jti === undefined) throw refused('orig_jti or jti field not found in token.')

  // A superuser's chain ends what he acts through, too, and that may have begun just now.
  const youngest = user.isSuperuser ? { ...claims, orig_iat: now.getTime() / 1000 } : claims
  const expiresAt = familyExpiry(settings, youngest)
  await revokeFamily(db, user, { jti, expiresAt }, requestInfo(c))

  clearCookiesHolding(c, token)
  return c.json({ token }, 201)
})

/** The token that is to end: the one in the body if it is one's own, else the one that calls. */
async function endedBy(
  c: Context<Authenticated>,
  sent: string | undefined,
): Promise<{ token: string; holder: TokenUser }> {
  const { db, settings, now, user, claims } = c.var
  // Simple JWT's and opaque tokens call too, but have no chain to end.
  const calling = claims && isDrfJwt(settings, claims) ? { user, claims } : undefined
  if (sent === undefined) {
    const token = calling && readDrfJwtToken(c)
    if (!token) throw invalid({ token: ['This field is required.'] })
    return { token, holder: calling }
  }
  const holder = await findDrfJwtUser(db, settings, sent, now)
  if (typeof holder === 'string') throw refused(drfJwtMessage(settings, holder))
  const callerId = calling ? actorId(calling) : user.id
  if (actorId(holder) !== callerId) throw forbidden()
  return { token: sent, holder }
}

const refused = (sentence: string) => invalid({ non_field_errors: [sentence] })
