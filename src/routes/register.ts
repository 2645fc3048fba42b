// A sign-up that logs in at once, as tutorials of Simple JWT write it. Off unless REGISTER is on.

import { Hono } from 'hono'
import { openOpaqueToken, startSession } from '../auth/issue-tokens.ts'
import type { App, Call } from '../context.ts'
import { identified } from '../guards/guards.ts'
import { userCreate } from '../guards/permissions.ts'
import { keepPair, ownPage } from '../guards/token-cookies.ts'
import { complaintsIn, InvalidError } from '../http/errors.ts'
import { inLanguage } from '../http/language.ts'
import { throttle } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import { newUser } from './user-create.ts'
import { representNew } from './user-serializers.ts'

export const register = new Hono<App>()

register.use('/register/', view('Register', ['POST'], { otherwise: identified }))

register.post('/register/', ownPage, userCreate, throttle('sign-up'), async (c) => {
  const { settings } = c.var
  const user = await newUser(c).catch(invalidIn)
  if (user instanceof InvalidError) {
    const errors = inLanguage(c, complaintsIn(user, settings))
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
    return { token_obj: await openOpaqueToken(db, settings, user, occasionOf(c)) }
  }
  const tokens = await startSession(db, settings, user, occasionOf(c))
  if (tokens) keepPair(c, tokens)
  return tokens
}

function invalidIn(error: unknown): InvalidError {
  if (error instanceof InvalidError) return error
  throw error
}
