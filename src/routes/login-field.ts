// Djoser's set_username, reset_username and reset_username_confirm. If users log in by email, their names are set_email
// and so on. Djoser's reset_username_confirm tells any client which logins are taken. Here a client needs a valid link.

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import {
  changeLogin,
  confirmEmailChange,
  isLoginTaken,
  requestUsernameReset,
  resetLogin,
} from '../accounts/login-field.ts'
import {
  addressFields,
  linkFields,
  newLoginNames,
  resetLoginFields,
  setLoginFields,
} from '../bodies/account.ts'
import type { App } from '../context.ts'
import { authenticateCaller } from '../guards/authenticate.ts'
import {
  comparedPassword,
  nearFirst,
  type PasswordThrottled,
  withOwnPasswordThrottle,
} from '../guards/current-password.ts'
import { authenticated, notImpersonated, rejectBadCredentials } from '../guards/guards.ts'
import { deliverLater } from '../http/after-response.ts'
import { requireCaptcha } from '../http/captcha.ts'
import { emailNotFound, invalid, linkError, nonFieldError, notFound } from '../http/errors.ts'
import { checkFields, fields } from '../http/fields.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint, view } from '../http/view.ts'
import type { Settings } from '../settings/parse.ts'
import { currentPassword, loginTakenMessage } from './user-serializers.ts'

export const loginFieldRoutes = new Hono<App>()

const userInstance = view('User Instance', ['GET', 'PUT', 'PATCH', 'DELETE'], {
  guard: authenticated,
})

/** If the settings do not offer a path, the answer is Djoser's, where the path matches `/users/{id}/`. */
const onlyIf = (isOffered: (settings: Settings) => boolean) =>
  createMiddleware<App>(async function onlyIf(c, next) {
    if (isOffered(c.var.settings)) return next()
    return userInstance(c, async () => {
      await authenticateCaller(c, 'primary')
      throw notFound()
    })
  })

for (const field of ['email', 'username'] as const) {
  const set = `/users/set_${field}/`
  const reset = `/users/reset_${field}/`
  const confirm = `/users/reset_${field}_confirm/`
  const ifLoginField = onlyIf(({ loginField }) => loginField === field)
  for (const path of [set, reset, confirm]) loginFieldRoutes.use(path, ifLoginField)

  endpoint(loginFieldRoutes, set, {
    name: 'Set username',
    guard: authenticated,
    POST: [withOwnPasswordThrottle, notImpersonated, nearFirst(setLogin)],
  })

  endpoint(loginFieldRoutes, reset, {
    name: 'Reset username',
    guard: authenticated,
    POST: [rejectBadCredentials, rateLimit('reset'), requestReset],
  })

  endpoint(loginFieldRoutes, confirm, {
    name: 'Reset username confirm',
    guard: authenticated,
    POST: [rejectBadCredentials, rateLimit('reset'), confirmReset],
  })
}

const confirmEmail = '/users/set_email_confirm/'
loginFieldRoutes.use(
  confirmEmail,
  onlyIf(({ emailChangeConfirmation }) => emailChangeConfirmation),
)

// Gatehouse's own: with EMAIL_CHANGE_CONFIRMATION, the target of the link to the new address.
endpoint(loginFieldRoutes, confirmEmail, {
  name: 'Set email confirm',
  guard: authenticated,
  POST: [rejectBadCredentials, rateLimit('reset'), confirmNewEmail],
})

async function setLogin(c: Context<PasswordThrottled>) {
  const { db, settings, user } = c.var
  const login = await readNewLogin(c)
  if (settings.loginField === 'email') await limitMail(c, 'change')

  const change = { login, compared: comparedPassword(c) }
  const outcome = await changeLogin(db, settings, user, change, requestInfo(c))
  if (outcome === 'taken') throw loginTaken(settings)
  if (outcome === 'changed') throw invalid({ current_password: ['Invalid password.'] })

  deliverLater(c)
  return c.body(null, 204)
}

async function requestReset(c: Context<App>) {
  const { db, settings } = c.var
  await requireCaptcha(c, 'reset')
  const sent = await fields(c, addressFields)
  await limitMail(c, 'reset')

  const found = await requestUsernameReset(db, settings, sent.email, requestInfo(c))
  if (!found) throw emailNotFound()

  deliverLater(c)
  return c.body(null, 204)
}

async function confirmReset(c: Context<App>) {
  const { db, settings } = c.var
  const { usernameResetConfirmRetype } = settings
  const { newLogin, retyped } = newLoginNames(settings)
  const sent: Record<string, string> = await fields(c, resetLoginFields(settings))
  const { uid = '', token = '', [newLogin]: login = '' } = sent
  if (usernameResetConfirmRetype && login !== sent[retyped]) throw mismatch(settings)
  if (settings.emailChangeConfirmation) await limitMail(c, 'change')

  const outcome = await resetLogin(db, settings, { uid, token, login }, requestInfo(c))
  if (outcome === 'uid' || outcome === 'token') throw linkError(outcome)
  if (outcome === 'taken') throw loginTaken(settings)

  deliverLater(c)
  return c.body(null, 204)
}

async function confirmNewEmail(c: Context<App>) {
  const { db, settings } = c.var
  const sent = await fields(c, linkFields)

  const outcome = await confirmEmailChange(db, settings, sent, requestInfo(c))
  if (outcome === 'uid' || outcome === 'token') throw linkError(outcome)
  if (outcome === 'taken') throw invalid({ email: [loginTakenMessage(settings)] })

  deliverLater(c)
  return c.body(null, 204)
}

// The order of the errors: first the fields and whether the login is taken, then the retyped one.
async function readNewLogin(c: Context<PasswordThrottled>): Promise<string> {
  const { db, settings, user } = c.var
  const { setUsernameRetype } = settings
  const { newLogin, retyped } = newLoginNames(settings)
  const { values, errors } = await checkFields(c, setLoginFields(settings, currentPassword(c)))
  const sent: Record<string, string | undefined> = values
  const login = sent[newLogin]
  const differs = setUsernameRetype && login !== sent[retyped]
  if (login !== undefined && !errors && !differs) return login

  const isTaken = login !== undefined && (await isLoginTaken(db, settings, user, login))
  if (!errors && !isTaken) throw mismatch(settings)
  const { current_password, ...others } = errors ?? {}
  throw invalid({
    ...(current_password && { current_password }),
    ...(isTaken && { [newLogin]: [loginTakenMessage(settings)] }),
    ...others,
  })
}

const loginTaken = (settings: Settings) =>
  invalid({ [newLoginNames(settings).newLogin]: [loginTakenMessage(settings)] })

const mismatch = ({ loginField }: Settings) =>
  nonFieldError(`The two ${loginField} fields didn't match.`)
