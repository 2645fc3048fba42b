// A sign-up that also logs in, as tutorials of Simple JWT write it. It exists only with REGISTER on.

import { type Context, Hono } from 'hono'
import { authtokenIssuer, issueTokens, sessionIssuer } from '../auth/issue-tokens.ts'
import type { App, Call } from '../context.ts'
import { rejectBadCredentials } from '../guards/guards.ts'
import { userCreate } from '../guards/permissions.ts'
import { csrfProtection, setTokenCookies } from '../guards/token-cookies.ts'
import { callOnLoginSuccessLater } from '../http/after-response.ts'
import { InvalidError, validationErrors } from '../http/errors.ts'
import { translateBody } from '../http/language.ts'
import { rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import type { User } from '../schema.ts'
import { createUser } from './user-create.ts'
import { newUserToJson } from './user-serializers.ts'

export const registerRoutes = new Hono<App>()

endpoint(registerRoutes, '/register/', {
  name: 'Register',
  guard: rejectBadCredentials,
  POST: [csrfProtection, userCreate, rateLimit('sign-up'), register],
})

async function register(c: Context<App>) {
  const { settings } = c.var
  const user = await createUser(c).catch(onlyInvalid)
  if (user instanceof InvalidError) {
    const errors = translateBody(c, validationErrors(user, settings))
    const body = { status: 403, errors, message: 'something went wrong' }
    return c.json(body, settings.registerErrorStatus)
  }

  const tokens = user.status === 'active' ? await tokensFor(c, user) : {}

  const data = newUserToJson(settings, user)
  return c.json({ status: 200, data, ...tokens, message: 'your data is saved' })
}

async function tokensFor(c: Call, user: User) {
  const { db, settings } = c.var
  const info = requestInfo(c)
  if (settings.registerTokens === 'authtoken') {
    const issuer = authtokenIssuer(db, settings, info)
    const key = await issueTokens(db, settings, issuer, { user }, info)
    if (key !== undefined) callOnLoginSuccessLater(c, user, 'authtoken')
    return { token_obj: key }
  }
  const issuer = sessionIssuer(db, settings, info)
  const issued = await issueTokens(db, settings, issuer, { user }, info)
  if (!issued) return undefined
  callOnLoginSuccessLater(c, user, 'session')
  setTokenCookies(c, issued)
  return issued.tokens
}

/** @throws any other error */
function onlyInvalid(error: unknown): InvalidError {
  if (error instanceof InvalidError) return error
  throw error
}
