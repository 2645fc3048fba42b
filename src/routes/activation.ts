// Djoser's activation and resend_activation.

import { type Context, Hono } from 'hono'
import { activate, resendActivation } from '../accounts/activation.ts'
import { addressFields, linkFields } from '../bodies/account.ts'
import type { App } from '../context.ts'
import { authenticated, rejectBadCredentials } from '../guards/guards.ts'
import { deliverLater } from '../http/after-response.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { ApiError, emailNotFound, forbidden, linkError } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'

export const activationRoutes = new Hono<App>()

endpoint(activationRoutes, '/users/activation/', {
  name: 'Activation',
  guard: authenticated,
  POST: [rejectBadCredentials, rateLimit('activation'), activateUser],
})

endpoint(activationRoutes, '/users/resend_activation/', {
  name: 'Resend activation',
  guard: authenticated,
  POST: [rejectBadCredentials, rateLimit('resend'), resend],
})

async function activateUser(c: Context<App>) {
  const { db, settings } = c.var
  const sent = await fields(c, linkFields)

  const outcome = await activate(db, settings, sent, requestInfo(c))
  if (outcome === 'uid' || outcome === 'token') throw linkError(outcome)
  if (outcome !== 'done') throw forbidden('Stale token for given user.')

  deliverLater(c)
  return c.body(null, 204)
}

async function resend(c: Context<App>) {
  const { db, settings } = c.var
  await requireCaptcha(c, 'reset')
  const sent = await fields(c, addressFields)
  if (!settings.sendActivationEmail) {
    throw settings.showEmailNotFound ? emailNotFound() : new ApiError(400)
  }
  await limitMail(c, 'activation')

  const found = await resendActivation(db, settings, sent.email, requestInfo(c))
  if (!found) throw emailNotFound()

  deliverLater(c)
  return c.body(null, 204)
}
