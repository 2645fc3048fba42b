// A sign-up that logs in at once, as tutorials of Simple JWT write it. Off unless REGISTER is on.

import { Hono } from 'hono'
import { issueAuthtoken, startSession } from '../auth/issue-tokens.ts'
import type { App, Call } from '../context.ts'
import { rejectBadCredentials } from '../guards/guards.ts'
import { userCreate } from '../guards/permissions.ts'
import { csrfProtection, setTokenCookies } from '../guards/token-cookies.ts'
import { InvalidError, validationErrors } from '../http/errors.ts'
import { translateAnswer } from '../http/language.ts'
import { rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import { createUser } from './user-create.ts'
import { representNew } from './user-serializers.ts'

export const registerRoutes = new Hono<App>()

registerRoutes.use('/register/', view('Register', ['POST'], { guard: rejectBadCredentials }))

registerRoutes.post('/register/', csrfProtection, userCreate, rateLimit('sign-up'), async (c) => {
  const { settings } = c.var
  const user = await createUser(c).catch(invalidIn)
  if (user instanceof InvalidError) {
    const errors = translateAnswer(c, validationErrors(user, settings))
    const refusal = { status: 403, errors, message: 'something went wrong' }
    return c.json(refusal, settings.registerErrorStatus)
  }

  const tokens = user.status === 'active' ? await tokensFor(c, user) : {}

  const data = representNew(settings, user)
  return c.json({ status: 200, data, ...tokens, message: 'your data is saved' })
})

async function tokensFor(c: Call, user: User) {
  const { db, settings } = c.var
  if (settings.registerTokens === 'authtoken') {
    return { token_obj: await issueAuthtoken(db, settings, user, requestInfo(c)) }
  }
  const tokens = await startSession(db, settings, user, requestInfo(c))
  if (tokens) setTokenCookies(c, tokens)
  return tokens
}

function invalidIn(error: unknown): InvalidError {
  if (error instanceof InvalidError) return error
  throw error
}
