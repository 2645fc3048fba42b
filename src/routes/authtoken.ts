// DRF's authtoken: obtain_auth_token where its documents mount it, and Djoser's log-in and log-out.

import { Hono } from 'hono'
import * as v from 'valibot'
import { obtainAuthtoken } from '../auth/login.ts'
import type { App, Call } from '../context.ts'
import { authenticated, notImpersonated, rejectBadCredentials } from '../guards/guards.ts'
import { loginResponseFor } from '../hooks.ts'
import { captchaAtLogin } from '../http/captcha.ts'
import { invalid } from '../http/errors.ts'
import { checkFields, fields, password, text } from '../http/fields.ts'
import { rateLimit, rateLimitCaller } from '../http/rate-limit.ts'
import { recordLoginFailureLater, requestInfo, sendLoginAlertLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'

export const authtokenRoutes = new Hono<App>()

authtokenRoutes.use('/api-token-auth/', view('Obtain Auth Token', ['POST'], { varies: false }))
authtokenRoutes.use(
  '/auth/token/login/',
  view('Token Create', ['POST'], {
    description: 'Use this endpoint to obtain user authentication token.',
  }),
)
authtokenRoutes.use(
  '/auth/token/logout/',
  view('Token Destroy', ['POST'], {
    description: 'Use this endpoint to logout user (remove user authentication token).',
    guard: authenticated,
  }),
)

// The field is called `username` whatever people log in with, and the password is taken as it is.
authtokenRoutes.post('/api-token-auth/', rejectBadCredentials, rateLimit('login'), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { username: text(), password: password({ trim: false }) })

  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login: sent.username, password: sent.password, attemptsBeforeCaptcha }
  const entered = await obtainAuthtoken(db, settings, credentials, {}, requestInfo(c))
  if (!entered) throw unable(c, credentials.login)

  sendLoginAlertLater(c)
  const { user, key } = entered
  return c.json({ token: key, ...loginResponseFor({ user, expiresIn: undefined }) })
})

authtokenRoutes.post('/auth/token/login/', rejectBadCredentials, rateLimit('login'), async (c) => {
  const { db, settings, now } = c.var
  const { values, errors } = await checkFields(
    c,
    { password: v.optional(password()), [settings.loginField]: v.optional(text()) },
    { blankInFormIsAbsent: true },
  )
  if (errors) throw invalid(errors)
  const { [settings.loginField]: login, password: secret } = values
  if (login === undefined || secret === undefined) throw unable(c)

  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login: String(login), password: String(secret), attemptsBeforeCaptcha }
  const lastLogin = { lastLogin: now }
  const entered = await obtainAuthtoken(db, settings, credentials, lastLogin, requestInfo(c))
  if (!entered) throw unable(c, credentials.login)

  sendLoginAlertLater(c)
  const { user, key } = entered
  return c.json({ auth_token: key, ...loginResponseFor({ user, expiresIn: undefined }) })
})

authtokenRoutes.post(
  '/auth/token/logout/',
  authenticated,
  notImpersonated,
  rateLimitCaller('log-out'),
  async (c) => {
    const { db, user } = c.var

    await deleteAuthtokens(db, user.id)

    return c.body(null, 204)
  },
)

function unable(c: Call, login?: string) {
  if (login !== undefined) recordLoginFailureLater(c, login)
  return invalid({ non_field_errors: ['Unable to log in with provided credentials.'] })
}
