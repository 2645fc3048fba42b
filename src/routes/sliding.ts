// rest_framework_simplejwt.views of sliding tokens, which AUTH_TOKEN_CLASSES lets in.

import { Hono } from 'hono'
import { logInSliding } from '../auth/login.ts'
import type { App } from '../context.ts'
import { claimsOf, credentialsIn, noAccount, refused, turnedAway } from '../guards/simple-jwt.ts'
import { answerTo } from '../hooks.ts'
import { fields, text } from '../http/fields.ts'
import { limitRefresh, throttle } from '../http/rate-limit.ts'
import { occasionOf, tellOfLogInLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { refreshSliding } from '../sessions/sliding.ts'

export const sliding = new Hono<App>()

const createView = view('Token Obtain Sliding', ['POST'], {
  description: `Takes a set of user credentials and returns a sliding JSON web token to
prove the authentication of those credentials.`,
})
const refreshView = view('Token Refresh Sliding', ['POST'], {
  description: `Takes a sliding JSON web token and returns a new, refreshed version if the
token's refresh period has not expired.`,
})

sliding.use('/api/token/sliding/', createView)
sliding.use('/api/token/sliding/refresh/', refreshView)

sliding.post('/api/token/sliding/', throttle('log-in'), async (c) => {
  const { db, settings } = c.var
  const credentials = await credentialsIn(c)

  const entered = await logInSliding(db, settings, credentials, occasionOf(c))
  if (!entered) throw noAccount(c, credentials)

  tellOfLogInLater(c)
  const { user, token } = entered
  return c.json({ token, ...answerTo({ user, expiresIn: settings.slidingTokenLifetime }) })
})

sliding.post('/api/token/sliding/refresh/', async (c) => {
  const { db, settings, now } = c.var
  const sent = await fields(c, { token: text() })
  const claims = await claimsOf(c, sent.token, 'sliding')
  await limitRefresh(c, claims)

  const refreshed = await refreshSliding(db, settings, claims, now)
  if (refreshed === 'inactive') {
    throw turnedAway(c, 'No active account found for the given token.')
  }
  if (refreshed === 'password changed') {
    throw turnedAway(c, "The user's password has been changed.")
  }
  if (typeof refreshed === 'string') throw refused(c, refreshed)

  return c.json(refreshed)
})
