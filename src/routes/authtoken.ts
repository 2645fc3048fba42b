// REST framework's authtoken: obtain_auth_token at the path of its documentation, and Djoser's login and logout.

import { type Context, Hono } from 'hono'
import { obtainAuthtoken } from '../auth/login.ts'
import { authtokenCredentialFields, djoserCredentialFields } from '../bodies/login.ts'
import type { App, Call } from '../context.ts'
import {
  type Authenticated,
  authenticated,
  notImpersonated,
  rejectBadCredentials,
} from '../guards/guards.ts'
import { loginResponseFor } from '../hooks.ts'
import { finishLoginLater, recordLoginFailureLater } from '../http/after-response.ts'
import { captchaAtLogin } from '../http/captcha.ts'
import { invalid, nonFieldError } from '../http/errors.ts'
import { checkFields, fields } from '../http/fields.ts'
import { rateLimit, rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { deleteAuthtokens } from '../sessions/authtoken.ts'

export const authtokenRoutes = new Hono<App>()

endpoint(authtokenRoutes, '/api-token-auth/', {
  name: 'Obtain Auth Token',
  varies: false,
  POST: [rejectBadCredentials, rateLimit('login'), obtainToken],
})

endpoint(authtokenRoutes, '/auth/token/login/', {
  name: 'Token Create',
  description: 'Use this endpoint to obtain user authentication token.',
  POST: [rejectBadCredentials, rateLimit('login'), createToken],
})

endpoint(authtokenRoutes, '/auth/token/logout/', {
  name: 'Token Destroy',
  description: 'Use this endpoint to logout user (remove user authentication token).',
  guard: authenticated,
  POST: [authenticated, notImpersonated, rateLimitCaller('logout'), destroyToken],
})

async function obtainToken(c: Context<App>) {
  const { db, settings } = c.var
  const sent = await fields(c, authtokenCredentialFields)

  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login: sent.username, password: sent.password, attemptsBeforeCaptcha }
  const loggedIn = await obtainAuthtoken(db, settings, credentials, {}, requestInfo(c))
  if (!loggedIn) throw unableToLogIn(c, credentials.login)

  const { user, issued: key } = loggedIn
  finishLoginLater(c, user, 'authtoken', credentials.password)
  return c.json({ token: key, ...loginResponseFor({ user, expiresIn: undefined }) })
}

async function createToken(c: Context<App>) {
  const { db, settings, now } = c.var
  const { values, errors } = await checkFields(c, djoserCredentialFields(settings), {
    blankInFormIsAbsent: true,
  })
  if (errors) throw invalid(errors)
  const { [settings.loginField]: login, password: secret } = values
  if (login === undefined || secret === undefined) throw unableToLogIn(c)

  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login: String(login), password: String(secret), attemptsBeforeCaptcha }
  const lastLogin = { lastLogin: now }
  const loggedIn = await obtainAuthtoken(db, settings, credentials, lastLogin, requestInfo(c))
  if (!loggedIn) throw unableToLogIn(c, credentials.login)

  const { user, issued: key } = loggedIn
  finishLoginLater(c, user, 'authtoken', credentials.password)
  return c.json({ auth_token: key, ...loginResponseFor({ user, expiresIn: undefined }) })
}

async function destroyToken(c: Context<Authenticated>) {
  const { db, user } = c.var

  await deleteAuthtokens(db, user.id)

  return c.body(null, 204)
}

/** The error for every failed login. Records the failure if the body has a login. */
function unableToLogIn(c: Call, login?: string) {
  if (login !== undefined) recordLoginFailureLater(c, login)
  return nonFieldError('Unable to log in with provided credentials.')
}
