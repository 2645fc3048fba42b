// rest_framework_simplejwt.views of sliding tokens, which AUTH_TOKEN_CLASSES lets in.

import { Hono } from 'hono'
import { logInSliding } from '../auth/login.ts'
import type { App } from '../context.ts'
import {
  invalidCredentials,
  readCredentials,
  readTokenClaims,
  tokenError,
  unauthorized,
} from '../guards/simple-jwt.ts'
import { loginResponseFor } from '../hooks.ts'
import { fields, text } from '../http/fields.ts'
import { limitRefresh, rateLimit } from '../http/rate-limit.ts'
import { requestInfo, sendLoginAlertLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { refreshSliding } from '../sessions/sliding.ts'

export const slidingRoutes = new Hono<App>()

const createView = view('Token Obtain Sliding', ['POST'], {
  description: `Takes a set of user credentials and returns a sliding JSON web token to
prove the authentication of those credentials.`,
})
const refreshView = view('Token Refresh Sliding', ['POST'], {
  description: `Takes a sliding JSON web token and returns a new, refreshed version if the
token's refresh period has not expired.`,
})

slidingRoutes.use('/api/token/sliding/', createView)
slidingRoutes.use('/api/token/sliding/refresh/', refreshView)

slidingRoutes.post('/api/token/sliding/', rateLimit('login'), async (c) => {
  const { db, settings } = c.var
  const credentials = await readCredentials(c)

  const entered = await logInSliding(db, settings, credentials, requestInfo(c))
  if (!entered) throw invalidCredentials(c, credentials)

  sendLoginAlertLater(c)
  const { user, token } = entered
  return c.json({ token, ...loginResponseFor({ user, expiresIn: settings.slidingTokenLifetime }) })
})

slidingRoutes.post('/api/token/sliding/refresh/', async (c) => {
  const { db, settings, now } = c.var
  const sent = await fields(c, { token: text() })
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
})
