// A sign-up that logs in at once, as tutorials of Simple JWT write it. Off unless REGISTER is on.

import { Hono } from 'hono'
import { firstSession } from '../accounts/registration.ts'
import type { App } from '../context.ts'
import { identified } from '../drf/authentication.ts'
import { InvalidError } from '../drf/errors.ts'
import { userCreate } from '../drf/permissions.ts'
import { throttle } from '../drf/throttling.ts'
import { view } from '../drf/views.ts'
import { deviceOf } from './jwt.ts'
import { newUser } from './sign-up.ts'
import { representNew } from './user-fields.ts'

export const register = new Hono<App>()

register.use('/register/', view('Register', ['POST'], { otherwise: identified }))

register.post('/register/', userCreate, throttle('sign-up'), async (c) => {
  const { db, settings, now } = c.var
  const user = await newUser(c).catch(invalidIn)
  if (user instanceof InvalidError) {
    const refusal = { status: 403, errors: user.body, message: 'something went wrong' }
    return c.json(refusal, settings.registerErrorStatus)
  }

  const tokens = await firstSession(db, settings, user, deviceOf(c), now)

  const data = representNew(settings, user)
  return c.json({ status: 200, data, ...tokens, message: 'your data is saved' })
})

function invalidIn(error: unknown): InvalidError {
  if (error instanceof InvalidError) return error
  throw error
}
