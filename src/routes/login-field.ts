// Djoser's set_username, reset_username and reset_username_confirm, which are set_email and so on where
// people log in by e-mail. Its reset_username_confirm tells anybody which names are taken; here only who
// has a link is told.

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import {
  changeLogin,
  confirmEmailChange,
  isLoginTaken,
  requestUsernameReset,
  resetLogin,
} from '../accounts/login-field.ts'
import type { App } from '../context.ts'
import {
  type Authenticated,
  authenticated,
  notImpersonated,
  type PasswordThrottled,
  rejectBadCredentials,
  withPasswordThrottle,
} from '../guards/guards.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { emailNotFound, invalid, notFound } from '../http/errors.ts'
import { checkFields, email, fields, text } from '../http/fields.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { Settings } from '../settings/parse.ts'
import { onSuccess } from '../throttling/counters.ts'
import { loginNameField, loginTakenMessage } from './user-serializers.ts'
import { currentPassword, userInstance } from './users.ts'

export const loginFieldRoutes = new Hono<App>()

type LoginField = Settings['loginField']

/** A path that the settings do not offer is not there: as in Djoser, it is taken for a user's id. */
const offered = (isOffered: (settings: Settings) => boolean) =>
  createMiddleware<App>(async function offered(c, next) {
    if (isOffered(c.var.settings)) return next()
    return userInstance(c, async () => {
      await authenticated(c as unknown as Context<Authenticated>, async () => {
        throw notFound()
      })
    })
  })

for (const field of ['email', 'username'] as const) {
  const [set, reset] = [`/users/set_${field}/`, `/users/reset_${field}/`]
  const confirm = `/users/reset_${field}_confirm/`
  const guard = authenticated
  const here = offered(({ loginField }) => loginField === field)

  loginFieldRoutes.use(set, here, view('Set username', ['POST'], { guard }))
  loginFieldRoutes.use(reset, here, view('Reset username', ['POST'], { guard }))
  loginFieldRoutes.use(confirm, here, view('Reset username confirm', ['POST'], { guard }))

  loginFieldRoutes.post(set, withPasswordThrottle, notImpersonated, async (c) => {
    const { db, settings, user, throttle } = c.var
    const name = await newNameIn(c, field)
    if (field === 'email') await limitMail(c, 'change')

    const wanted = { login: name, extraWrites: onSuccess(db, throttle) }
    const outcome = await changeLogin(db, settings, user, wanted, requestInfo(c))
    if (outcome === 'taken') throw invalid({ [`new_${field}`]: [loginTakenMessage(settings)] })
    if (outcome === 'changed') throw invalid({ current_password: ['Invalid password.'] })

    deliverLater(c)
    return c.body(null, 204)
  })

  loginFieldRoutes.post(reset, rejectBadCredentials, rateLimit('reset'), async (c) => {
    const { db, settings } = c.var
    await requireCaptcha(c, 'reset')
    const sent = await fields(c, { email: email() })
    await limitMail(c, 'reset')

    const found = await requestUsernameReset(db, settings, sent.email, requestInfo(c))
    if (!found) throw emailNotFound()

    deliverLater(c)
    return c.body(null, 204)
  })

  loginFieldRoutes.post(confirm, rejectBadCredentials, rateLimit('reset'), async (c) => {
    const { db, settings } = c.var
    const sent: Record<string, string> = await fields(c, {
      uid: linkPart(),
      token: linkPart(),
      [`new_${field}`]: loginNameField(settings),
      ...(settings.usernameResetConfirmRetype && { [`re_new_${field}`]: text() }),
    })
    const { uid = '', token = '', [`new_${field}`]: name = '' } = sent
    const differs = settings.usernameResetConfirmRetype && name !== sent[`re_new_${field}`]
    if (differs) throw mismatch(field)
    if (settings.emailChangeConfirmation) await limitMail(c, 'change')

    const outcome = await resetLogin(db, settings, { uid, token, login: name }, requestInfo(c))
    if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
    if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
    if (outcome === 'taken') throw invalid({ [`new_${field}`]: [loginTakenMessage(settings)] })

    deliverLater(c)
    return c.body(null, 204)
  })
}

// Ours: with EMAIL_CHANGE_CONFIRMATION, where the link to the new address leads.
loginFieldRoutes.use(
  '/users/set_email_confirm/',
  offered(({ emailChangeConfirmation }) => emailChangeConfirmation),
  view('Set email confirm', ['POST'], { guard: authenticated }),
)

loginFieldRoutes.post(
  '/users/set_email_confirm/',
  rejectBadCredentials,
  rateLimit('reset'),
  async (c) => {
    const { db, settings } = c.var
    const sent = await fields(c, { uid: text(), token: text() })

    const outcome = await confirmEmailChange(db, settings, sent, requestInfo(c))
    if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
    if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
    if (outcome === 'taken') throw invalid({ email: [loginTakenMessage(settings)] })

    deliverLater(c)
    return c.body(null, 204)
  },
)

// Fields first, the name's uniqueness with them; then the retype.
async function newNameIn(c: Context<PasswordThrottled>, field: LoginField): Promise<string> {
  const { db, settings, user } = c.var
  const { setUsernameRetype } = settings
  const { values, errors } = await checkFields(c, {
    current_password: currentPassword(c),
    [`new_${field}`]: loginNameField(settings),
    ...(setUsernameRetype && { [`re_new_${field}`]: text() }),
  })
  const sent: Record<string, string | undefined> = values
  const name = sent[`new_${field}`]
  const differs = setUsernameRetype && name !== sent[`re_new_${field}`]
  if (name !== undefined && !errors && !differs) return name

  const isTaken = name !== undefined && (await isLoginTaken(db, settings, user, name))
  if (!errors && !isTaken) throw mismatch(field)
  const { current_password, ...others } = errors ?? {}
  throw invalid({
    ...(current_password && { current_password }),
    ...(isTaken && { [`new_${field}`]: [loginTakenMessage(settings)] }),
    ...others,
  })
}

// No field of Djoser's serializer: what is missing or no text is a link that is wrong.
const linkPart = () =>
  v.pipe(
    v.optional(v.unknown(), ''),
    v.transform((part) => (typeof part === 'string' ? part : '')),
    v.metadata({ type: 'string' }),
  )

const mismatch = (field: LoginField) =>
  invalid({ non_field_errors: [`The two ${field} fields didn't match.`] })
