// Djoser's activation and resend_activation.

import { Hono } from 'hono'
import { activate, resendActivation } from '../accounts/activation.ts'
import type { App } from '../context.ts'
import { authenticated, rejectBadCredentials } from '../guards/guards.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { ApiError, emailNotFound, forbidden, invalid } from '../http/errors.ts'
import { email, fields, text } from '../http/fields.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'

export const activationRoutes = new Hono<App>()

activationRoutes.use('/users/activation/', view('Activation', ['POST'], { guard: authenticated }))
activationRoutes.use(
  '/users/resend_activation/',
  view('Resend activation', ['POST'], { guard: authenticated }),
)

activationRoutes.post(
  '/users/activation/',
  rejectBadCredentials,
  rateLimit('activation'),
  async (c) => {
    const { db, settings } = c.var
    const sent = await fields(c, { uid: text(), token: text() })

    const outcome = await activate(db, settings, sent, requestInfo(c))
    if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
    if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
    if (outcome !== 'done') throw forbidden('Stale token for given user.')

    deliverLater(c)
    return c.body(null, 204)
  },
)

activationRoutes.post(
  '/users/resend_activation/',
  rejectBadCredentials,
  rateLimit('resend'),
  async (c) => {
    const { db, settings } = c.var
    await requireCaptcha(c, 'reset')
    const sent = await fields(c, { email: email() })
    if (!settings.sendActivationEmail) {
      throw settings.showEmailNotFound ? emailNotFound() : new ApiError(400)
    }
    await limitMail(c, 'activation')

    const found = await resendActivation(db, settings, sent.email, requestInfo(c))
    if (!found) throw emailNotFound()

    deliverLater(c)
    return c.body(null, 204)
  },
)
