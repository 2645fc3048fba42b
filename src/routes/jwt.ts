// rest_framework_simplejwt.views, at Djoser's paths (`/auth/jwt/`) and at those of Simple JWT's documentation
// (`/api/token/`). None of them reads `Authorization`.

import { type Context, Hono } from 'hono'
import { logIn } from '../auth/login.ts'
import {
  refreshSession,
  revokeByRefreshToken,
  revokeBySlidingToken,
} from '../auth/session-management.ts'
import type { App } from '../context.ts'
import {
  invalidCredentials,
  readCredentials,
  readTokenClaims,
  tokenError,
  unauthorized,
} from '../guards/simple-jwt.ts'
import {
  clearTokenCookiesOn,
  csrfProtection,
  readRefreshToken,
  readTokenToVerify,
  setTokenCookies,
} from '../guards/token-cookies.ts'
import { loginResponseFor } from '../hooks.ts'
import { deliverLater, finishLoginLater } from '../http/after-response.ts'
import { nonFieldError } from '../http/errors.ts'
import { limitLogout, limitRefresh, rateLimit, rateLimitToken } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { isBlacklisted } from '../sessions/refresh.ts'
import { isFamilyRevoked } from '../sessions/sliding.ts'

export const jwtRoutes = new Hono<App>()

endpoint(jwtRoutes, ['/auth/jwt/create/', '/api/token/'], {
  name: 'Token Obtain Pair',
  description: `Takes a set of user credentials and returns an access and refresh JSON web
token pair to prove the authentication of those credentials.`,
  POST: [csrfProtection, rateLimit('login'), create],
})

endpoint(jwtRoutes, ['/auth/jwt/refresh/', '/api/token/refresh/'], {
  name: 'Token Refresh',
  description: `Takes a refresh type JSON web token and returns an access type JSON web
token if the refresh token is valid.`,
  POST: [csrfProtection, clearTokenCookiesOn(401), refresh],
})

endpoint(jwtRoutes, ['/auth/jwt/verify/', '/api/token/verify/'], {
  name: 'Token Verify',
  description: `Takes a token and indicates if it is valid.  This view provides no
information about a token's fitness for a particular use.`,
  POST: [rateLimitToken('verify'), verify],
})

endpoint(jwtRoutes, '/api/token/blacklist/', {
  name: 'Token Blacklist',
  description: `Takes a token and blacklists it. Must be used with the
\`rest_framework_simplejwt.token_blacklist\` app installed.`,
  POST: [csrfProtection, clearTokenCookiesOn(200, 401), blacklist],
})

async function create(c: Context<App>) {
  const { db, settings } = c.var
  const credentials = await readCredentials(c)

  const loggedIn = await logIn(db, settings, credentials, requestInfo(c))
  if (!loggedIn) throw invalidCredentials(c, credentials)

  const { user, issued } = loggedIn
  finishLoginLater(c, user, 'session', credentials.password)
  setTokenCookies(c, issued)
  return c.json({
    ...issued.tokens,
    ...loginResponseFor({ user, expiresIn: settings.accessTokenLifetime }),
  })
}

async function refresh(c: Context<App>) {
  const { db, settings } = c.var
  const claims = await readTokenClaims(c, await readRefreshToken(c), 'refresh')
  await limitRefresh(c, claims)

  const issued = await refreshSession(db, settings, claims, requestInfo(c))
  if (issued === 'blacklisted') deliverLater(c)
  if (issued === 'user_inactive') {
    throw unauthorized(c, 'No active account found for the given token.')
  }
  if (issued === 'password_changed') {
    throw unauthorized(c, "The user's password has been changed.")
  }
  if (typeof issued === 'string') throw tokenError(c, issued)

  setTokenCookies(c, issued)
  return c.json(issued.tokens)
}

async function verify(c: Context<App>) {
  const { db, settings } = c.var
  const claims = await readTokenClaims(c, await readTokenToVerify(c))

  const type = claims[settings.tokenTypeClaim]
  if (settings.blacklistAfterRotation && type !== 'access') {
    const isSliding = type === 'sliding'
    const isRevoked = await (isSliding ? isFamilyRevoked : isBlacklisted)(db, settings, claims)
    if (isRevoked) throw nonFieldError('Token is blacklisted')
  }
  return c.json({})
}

async function blacklist(c: Context<App>) {
  const { db, settings } = c.var
  const token = await readRefreshToken(c)
  // Simple JWT has no endpoint that blacklists a sliding token.
  const acceptsSliding = settings.authTokenClasses.includes('sliding')
  const types = acceptsSliding ? (['refresh', 'sliding'] as const) : (['refresh'] as const)
  const claims = await readTokenClaims(c, token, ...types)
  await limitLogout(c, claims)

  const isSliding = claims[settings.tokenTypeClaim] === 'sliding'
  const how = { type: 'token_blacklisted', detail: 'refresh' } as const
  const outcome = await (isSliding
    ? revokeBySlidingToken(db, settings, claims, requestInfo(c))
    : revokeByRefreshToken(db, settings, claims, how, requestInfo(c)))
  if (outcome !== 'done') throw tokenError(c, outcome)

  return c.json({})
}
