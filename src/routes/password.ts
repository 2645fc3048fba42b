// Djoser's set_password, reset_password and reset_password_confirm.

import { type Context, Hono } from 'hono'
import { changePassword, requestPasswordReset, resetPassword } from '../accounts/password-change.ts'
import { passwordErrors } from '../accounts/password-update.ts'
import { addressFields, resetPasswordFields, setPasswordFields } from '../bodies/account.ts'
import type { App } from '../context.ts'
import {
  comparedPassword,
  nearFirst,
  type PasswordThrottled,
  withOwnPasswordThrottle,
} from '../guards/current-password.ts'
import { authenticated, notImpersonated, rejectBadCredentials } from '../guards/guards.ts'
import { deliverLater } from '../http/after-response.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { emailNotFound, invalid, linkError, nonFieldError } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { commonPasswords } from '../passwords/common.ts'
import { validatePassword } from '../passwords/validators.ts'
import { currentPassword } from './user-serializers.ts'

export const passwordRoutes = new Hono<App>()

endpoint(passwordRoutes, '/users/set_password/', {
  name: 'Set password',
  guard: authenticated,
  POST: [withOwnPasswordThrottle, notImpersonated, nearFirst(setPassword)],
})

endpoint(passwordRoutes, '/users/reset_password/', {
  name: 'Reset password',
  guard: authenticated,
  POST: [rejectBadCredentials, rateLimit('reset'), requestReset],
})

endpoint(passwordRoutes, '/users/reset_password_confirm/', {
  name: 'Reset password confirm',
  guard: authenticated,
  POST: [rejectBadCredentials, rateLimit('reset'), confirmReset],
})

async function setPassword(c: Context<PasswordThrottled>) {
  const { db, settings, user, sessionId } = c.var
  const sent = await fields(c, setPasswordFields(settings, currentPassword(c)))
  const isCommon = commonPasswords(c.env.ASSETS)
  const weak = await passwordErrors(settings, sent.new_password, user, isCommon)
  if (weak.length > 0) throw invalid({ new_password: weak })
  if (settings.setPasswordRetype && sent.re_new_password !== sent.new_password) throw mismatch()

  const change = {
    password: sent.new_password,
    keepSession: sessionId,
    compared: comparedPassword(c),
  }
  const changed = await changePassword(db, settings, user, change, requestInfo(c))
  if (!changed) throw invalid({ current_password: ['Invalid password.'] })

  deliverLater(c)
  return c.body(null, 204)
}

async function requestReset(c: Context<App>) {
  const { db, settings } = c.var
  await requireCaptcha(c, 'reset')
  const sent = await fields(c, addressFields)
  await limitMail(c, 'reset')

  const found = await requestPasswordReset(db, settings, sent.email, requestInfo(c))
  if (!found) throw emailNotFound()

  deliverLater(c)
  return c.body(null, 204)
}

async function confirmReset(c: Context<App>) {
  const { db, settings } = c.var
  const sent = await fields(c, resetPasswordFields(settings))
  const isCommon = commonPasswords(c.env.ASSETS)
  const weak = await validatePassword(sent.new_password, [], isCommon)
  if (weak.length > 0) throw invalid({ new_password: weak })
  if (settings.passwordResetConfirmRetype && sent.re_new_password !== sent.new_password) {
    throw mismatch()
  }

  const { uid, token, new_password: password } = sent
  const reset = { uid, token, password, isCommon }
  const outcome = await resetPassword(db, settings, reset, requestInfo(c))
  if (outcome === 'uid' || outcome === 'token') throw linkError(outcome)
  if (outcome !== 'done') throw invalid({ new_password: outcome.weak })

  deliverLater(c)
  return c.body(null, 204)
}

const mismatch = () => nonFieldError("The two password fields didn't match.")
