// Djoser's set_password, reset_password and reset_password_confirm.

import { Hono } from 'hono'
import { changePassword, requestReset, resetPassword } from '../accounts/password-change.ts'
import { weaknesses } from '../accounts/password-update.ts'
import type { App } from '../context.ts'
import { atPassword, authenticated, identified, inPerson } from '../guards/guards.ts'
import { challenge } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { emailNotFound, invalid } from '../http/errors.ts'
import { email, fields, password as newPassword, text } from '../http/fields.ts'
import { limitMail, throttle } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { commonPasswords } from '../passwords/common.ts'
import { validatePassword } from '../passwords/validators.ts'
import { settled } from '../throttling/counters.ts'
import { currentPassword } from './users.ts'

export const password = new Hono<App>()

password.use('/users/set_password/', view('Set password', ['POST'], { otherwise: authenticated }))
password.use(
  '/users/reset_password/',
  view('Reset password', ['POST'], { otherwise: authenticated }),
)
password.use(
  '/users/reset_password_confirm/',
  view('Reset password confirm', ['POST'], { otherwise: authenticated }),
)

password.post('/users/set_password/', atPassword, inPerson, async (c) => {
  const { db, settings, user, sessionId: keep, taken } = c.var
  const sent = await fields(c, {
    new_password: newPassword(),
    ...(settings.setPasswordRetype && { re_new_password: newPassword() }),
    current_password: currentPassword(c),
  })
  const isCommon = commonPasswords(c.env.ASSETS)
  const weak = await weaknesses(settings, sent.new_password, user, isCommon)
  if (weak.length > 0) throw invalid({ new_password: weak })
  if (settings.setPasswordRetype && sent.re_new_password !== sent.new_password) throw mismatch()

  const wanted = { password: sent.new_password, keep, also: settled(db, taken) }
  const changed = await changePassword(db, settings, user, wanted, occasionOf(c))
  if (!changed) throw invalid({ current_password: ['Invalid password.'] })

  deliverLater(c)
  return c.body(null, 204)
})

password.post('/users/reset_password/', identified, throttle('reset'), async (c) => {
  const { db, settings } = c.var
  await challenge(c, 'reset')
  const sent = await fields(c, { email: email() })
  await limitMail(c, 'reset')

  const found = await requestReset(db, settings, sent.email, occasionOf(c))
  if (!found) throw emailNotFound()

  deliverLater(c)
  return c.body(null, 204)
})

password.post('/users/reset_password_confirm/', identified, throttle('reset'), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, {
    uid: text(),
    token: text(),
    new_password: newPassword(),
    ...(settings.passwordResetConfirmRetype && { re_new_password: newPassword() }),
  })
  const isCommon = commonPasswords(c.env.ASSETS)
  const weak = await validatePassword(sent.new_password, [], isCommon)
  if (weak.length > 0) throw invalid({ new_password: weak })
  if (settings.passwordResetConfirmRetype && sent.re_new_password !== sent.new_password) {
    throw mismatch()
  }

  const { uid, token, new_password: password } = sent
  const wanted = { uid, token, password, isCommon }
  const outcome = await resetPassword(db, settings, wanted, occasionOf(c))
  if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
  if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
  if (outcome !== 'done') throw invalid({ new_password: outcome.weak })

  deliverLater(c)
  return c.body(null, 204)
})

const mismatch = () => invalid({ non_field_errors: ["The two password fields didn't match."] })
