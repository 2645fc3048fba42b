// The pages for the links in emails, for deployers without a front end of their own. A GET shows a form, or says that
// the link is invalid. Only a POST acts, because mail scanners follow links.

import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import * as v from 'valibot'
import { activate, resendActivation } from '../accounts/activation.ts'
import { peekUserByLink } from '../accounts/email-links.ts'
import { confirmEmailChange, resetLogin } from '../accounts/login-field.ts'
import { requestPasswordReset, resetPassword } from '../accounts/password-change.ts'
import { loginNameField } from '../bodies/users.ts'
import type { App } from '../context.ts'
import { deliverLater } from '../http/after-response.ts'
import { sizeLimit } from '../http/body.ts'
import { unlessDisabled } from '../http/disabled-routes.ts'
import { email, password as newPassword } from '../http/fields.ts'
import { translatorOf } from '../http/language.ts'
import { limitMail, rateLimit } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import {
  ActivatePage,
  ChangeEmailPage,
  ResetPasswordPage,
  ResetUsernamePage,
} from '../pages/forms.tsx'
import { pageHeaders } from '../pages/headers.ts'
import { commonPasswords } from '../passwords/common.ts'
import { validatePassword } from '../passwords/validators.ts'
import {
  actionFor,
  commonProps,
  formOf,
  invalidLink,
  linkIn,
  newLinkForm,
  onPageError,
  result,
} from './page-answers.tsx'
import { loginTakenMessage } from './user-serializers.ts'

export const pageRoutes = new Hono<App>()

pageRoutes.onError(onPageError)

pageRoutes.use('/activate/', unlessDisabled, pageHeaders, sizeLimit)
pageRoutes.use('/activate/again/', unlessDisabled, pageHeaders, sizeLimit)
pageRoutes.use('/reset-password/', unlessDisabled, pageHeaders, sizeLimit)
pageRoutes.use('/reset-password/again/', unlessDisabled, pageHeaders, sizeLimit)
pageRoutes.use('/reset-username/', unlessDisabled, pageHeaders, sizeLimit)
pageRoutes.use('/change-email/', unlessDisabled, pageHeaders, sizeLimit)

pageRoutes.get('/activate/', rateLimit('activation'), async (c) => {
  const { db, settings, now } = c.var
  const link = linkIn(c.req.query())
  const user = await peekUserByLink(db, settings, 'activation', link, now)
  if (!user) return invalidLink(c, 'activation', link)
  if (user.status === 'active') return activated(c)

  const page = <ActivatePage {...commonProps(c)} {...link} />
  return c.html(html`<!doctype html>${page}`)
})

pageRoutes.post('/activate/', rateLimit('activation'), async (c) => {
  const { db, settings } = c.var
  const { translate } = translatorOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const again = (problems: string[]) => {
    const translated = problems.map(translate)
    const page = <ActivatePage {...commonProps(c)} {...link} problems={translated} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const isBlank = !sent.new_password && !sent.re_new_password
  const { password = '', problems } = isBlank ? { problems: [] } : await passwordIn(c, sent)
  if (problems.length > 0) return again(problems)

  const isCommon = commonPasswords(c.env.ASSETS)
  const chosen = isBlank ? undefined : { password, isCommon }
  const outcome = await activate(db, settings, link, requestInfo(c), chosen)
  if (typeof outcome === 'object') return again(outcome.weak)
  // An account that is active already keeps its password.
  const isActive = outcome === 'done' || (outcome === 'active' && isBlank)
  if (!isActive) return invalidLink(c, 'activation', link)

  deliverLater(c)
  return activated(c)
})

pageRoutes.get('/activate/again/', (c) => newLinkForm(c, 'activation'))

pageRoutes.post('/activate/again/', rateLimit('resend'), async (c) => {
  const { db, settings } = c.var
  const { t } = translatorOf(c)
  if (!actionFor(settings, 'activation')) return newLinkForm(c, 'activation')
  const address = await addressIn(c)
  if (!address.success) return newLinkForm(c, 'activation', ...address.wrong)

  await limitMail(c, 'activation')
  await resendActivation(db, settings, address.output, requestInfo(c))
  deliverLater(c)
  const text = t`If an account with this address still needs to be activated, you will receive a new link soon. Open the newest email.`
  return result(c, t`Check your email`, text)
})

pageRoutes.get('/reset-password/', rateLimit('reset'), async (c) => {
  const { db, settings, now } = c.var
  const link = linkIn(c.req.query())
  const user = await peekUserByLink(db, settings, 'password_reset', link, now)
  if (!user) return invalidLink(c, 'password_reset', link)

  const page = <ResetPasswordPage {...commonProps(c)} {...link} />
  return c.html(html`<!doctype html>${page}`)
})

pageRoutes.post('/reset-password/', rateLimit('reset'), async (c) => {
  const { db, settings } = c.var
  const { t, translate } = translatorOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const again = (problems: string[]) => {
    const translated = problems.map(translate)
    const page = <ResetPasswordPage {...commonProps(c)} {...link} problems={translated} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const { password = '', problems } = await passwordIn(c, sent)
  if (problems.length > 0) return again(problems)

  const reset = { ...link, password, isCommon: commonPasswords(c.env.ASSETS) }
  const outcome = await resetPassword(db, settings, reset, requestInfo(c))
  if (outcome === 'uid' || outcome === 'token') return invalidLink(c, 'password_reset', link)
  if (outcome !== 'done') return again(outcome.weak)

  deliverLater(c)
  return result(c, t`Your password was changed`, t`From now on, log in with the new password.`)
})

pageRoutes.get('/reset-password/again/', (c) => newLinkForm(c, 'password_reset'))

pageRoutes.post('/reset-password/again/', rateLimit('reset'), async (c) => {
  const { db, settings } = c.var
  const { t } = translatorOf(c)
  if (!actionFor(settings, 'password_reset')) return newLinkForm(c, 'password_reset')
  const address = await addressIn(c)
  if (!address.success) return newLinkForm(c, 'password_reset', ...address.wrong)

  await limitMail(c, 'reset')
  await requestPasswordReset(db, settings, address.output, requestInfo(c))
  deliverLater(c)
  const text = t`If there is an account with this address, you will receive a new link soon. Open the newest email.`
  return result(c, t`Check your email`, text)
})

pageRoutes.get('/reset-username/', rateLimit('reset'), async (c) => {
  const { db, settings, now } = c.var
  const link = linkIn(c.req.query())
  const user = await peekUserByLink(db, settings, 'username_reset', link, now)
  if (!user) return invalidLink(c, 'username_reset', link)

  const { loginField: field } = settings
  const page = <ResetUsernamePage {...commonProps(c)} field={field} {...link} />
  return c.html(html`<!doctype html>${page}`)
})

pageRoutes.post('/reset-username/', rateLimit('reset'), async (c) => {
  const { db, settings } = c.var
  const { t, translate } = translatorOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const { loginField: field } = settings
  const again = (name: string, problems: string[]) => {
    const typed = { name, problems: problems.map(translate) }
    const page = <ResetUsernamePage {...commonProps(c)} {...link} {...typed} field={field} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const name = v.safeParse(loginNameField(settings), sent.new_name ?? '')
  if (!name.success) {
    return again(
      sent.new_name ?? '',
      name.issues.map(({ message }) => message),
    )
  }
  if (settings.emailChangeConfirmation) await limitMail(c, 'change')
  const outcome = await resetLogin(db, settings, { ...link, login: name.output }, requestInfo(c))
  if (outcome === 'taken') return again(name.output, [loginTakenMessage(settings)])
  if (outcome !== 'done') return invalidLink(c, 'username_reset', link)

  deliverLater(c)
  if (settings.emailChangeConfirmation && field === 'email') {
    const once = t`To complete the change, follow the link that we sent to your new address.`
    return result(c, t`Check your email`, once)
  }
  return field === 'email'
    ? result(c, t`Your email address was changed`, t`From now on, log in with the new address.`)
    : result(c, t`Your username was changed`, t`From now on, log in with the new username.`)
})

pageRoutes.get('/change-email/', rateLimit('reset'), async (c) => {
  const { db, settings, now } = c.var
  const link = linkIn(c.req.query())
  const user = await peekUserByLink(db, settings, 'email_change', link, now)
  if (!user || user.newEmail === null) return invalidLink(c, 'email_change', link)

  const page = <ChangeEmailPage {...commonProps(c)} {...link} field={settings.loginField} />
  return c.html(html`<!doctype html>${page}`)
})

pageRoutes.post('/change-email/', rateLimit('reset'), async (c) => {
  const { db, settings } = c.var
  const { t } = translatorOf(c)
  const link = linkIn(await formOf(c))

  const outcome = await confirmEmailChange(db, settings, link, requestInfo(c))
  if (outcome === 'taken') {
    return result(c, t`This address is taken`, t`Another account uses it now.`, false)
  }
  if (outcome !== 'done') return invalidLink(c, 'email_change', link)

  deliverLater(c)
  const next =
    settings.loginField === 'email'
      ? t`From now on, log in with the new address.`
      : t`Your username stays as it is.`
  return result(c, t`Your email address was changed`, next)
})

function activated(c: Context<App>) {
  const { t } = translatorOf(c)
  return result(c, t`Your account is active`, t`You can log in now.`)
}

/** The email address in a form, or the text and its errors. */
async function addressIn(c: Context<App>) {
  const { email: typed = '' } = await formOf(c)
  const checked = v.safeParse(email(), typed)
  if (checked.success) return { success: true, output: checked.output } as const
  const problems = checked.issues.map(({ message }) => message)
  return { success: false, wrong: [typed, problems] } as const
}

/** The new password of a form that asks for it twice, or its errors. */
async function passwordIn(c: Context<App>, sent: Record<string, string>) {
  const read = (text = '') => v.safeParse(newPassword(), text)
  const [first, second] = [read(sent.new_password), read(sent.re_new_password)]
  if (!first.success) return { problems: first.issues.map(({ message }) => message) }
  const weak = await validatePassword(first.output, [], commonPasswords(c.env.ASSETS))
  const isSame = second.output === first.output
  const mismatch = isSame ? [] : ["The two password fields didn't match."]
  return { password: first.output, problems: [...weak, ...mismatch] }
}
