// rest_framework_simplejwt.views for sliding tokens. AUTH_TOKEN_CLASSES decides whether other endpoints accept them.

import { type Context, Hono } from 'hono'
import { logInSliding } from '../auth/login.ts'
import { tokenFields } from '../bodies/tokens.ts'
import type { App } from '../context.ts'
import {
  invalidCredentials,
  readCredentials,
  readTokenClaims,
  tokenError,
  unauthorized,
} from '../guards/simple-jwt.ts'
import { loginResponseFor } from '../hooks.ts'
import { finishLoginLater } from '../http/after-response.ts'
import { fields } from '../http/fields.ts'
import { limitRefresh, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { refreshSliding } from '../sessions/sliding.ts'

export const slidingRoutes = new Hono<App>()

endpoint(slidingRoutes, '/api/token/sliding/', {
  name: 'Token Obtain Sliding',
  description: `Takes a set of user credentials and returns a sliding JSON web token to
prove the authentication of those credentials.`,
  POST: [rateLimit('login'), create],
})

endpoint(slidingRoutes, '/api/token/sliding/refresh/', {
  name: 'Token Refresh Sliding',
  description: `Takes a sliding JSON web token and returns a new, refreshed version if the
token's refresh period has not expired.`,
  POST: [refresh],
})

async function create(c: Context<App>) {
  const { db, settings } = c.var
  const credentials = await readCredentials(c)

  const loggedIn = await logInSliding(db, settings, credentials, requestInfo(c))
  if (!loggedIn) throw invalidCredentials(c, credentials)

  const { user, issued: token } = loggedIn
  finishLoginLater(c, user, 'sliding', credentials.password)
  return c.json({ token, ...loginResponseFor({ user, expiresIn: settings.slidingTokenLifetime }) })
}

async function refresh(c: Context<App>) {
  const { db, settings, now } = c.var
  const sent = await fields(c, tokenFields)
  const claims = await readTokenClaims(c, sent.token, 'sliding')
  await limitRefresh(c, claims)

  const refreshed = await refreshSliding(db, settings, claims, now)
  if (refreshed === 'user_inactive') {
    throw unauthorized(c, 'No active account found for the given token.')
  }
  if (refreshed === 'password_changed') {
    throw unauthorized(c, "The user's password has been changed.")
  }
  if (typeof refreshed === 'string') throw tokenError(c, refreshed)

  return c.json(refreshed)
}
