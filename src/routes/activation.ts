// Djoser's activation and resend_activation.

import { Hono } from 'hono'
import { activate, resendActivation } from '../accounts/registration.ts'
import type { App } from '../context.ts'
import { authenticated, identified } from '../guards/guards.ts'
import { challenge } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { ApiError, emailNotFound, forbidden, invalid } from '../http/errors.ts'
import { email, fields, text } from '../http/fields.ts'
import { limitMail, throttle } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'

export const activation = new Hono<App>()

activation.use('/users/activation/', view('Activation', ['POST'], { otherwise: authenticated }))
activation.use(
  '/users/resend_activation/',
  view('Resend activation', ['POST'], { otherwise: authenticated }),
)

activation.post('/users/activation/', identified, throttle('activation'), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { uid: text(), token: text() })

  const outcome = await activate(db, settings, sent, occasionOf(c))
  if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
  if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
  if (outcome !== 'done') throw forbidden('Stale token for given user.')

  deliverLater(c)
  return c.body(null, 204)
})

activation.post('/users/resend_activation/', identified, throttle('resend'), async (c) => {
  const { db, settings } = c.var
  await challenge(c, 'reset')
  const sent = await fields(c, { email: email() })
  if (!settings.sendActivationEmail) {
    throw settings.showEmailNotFound ? emailNotFound() : new ApiError(400)
  }
  await limitMail(c, 'activation')

  const found = await resendActivation(db, settings, sent.email, occasionOf(c))
  if (!found) throw emailNotFound()

  deliverLater(c)
  return c.body(null, 204)
})
