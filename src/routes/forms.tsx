// The pages that links in mail lead to, where no front end of the deployer's does it. A GET shows a form
// and only a POST acts, since mail scanners follow links.

import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import * as v from 'valibot'
import { confirmEmailChange, resetName } from '../accounts/names.ts'
import { resetPassword } from '../accounts/passwords.ts'
import { activate } from '../accounts/registration.ts'
import { type App, deliverLater } from '../context.ts'
import { sizeLimit } from '../drf/body.ts'
import { switchable } from '../drf/families.ts'
import { password as newPassword } from '../drf/fields.ts'
import { speechOf } from '../drf/language.ts'
import { occasionOf } from '../drf/occasion.ts'
import { throttle } from '../drf/throttling.ts'
import {
  ActivatePage,
  ChangeEmailPage,
  ResetPasswordPage,
  ResetUsernamePage,
  ResultPage,
} from '../pages/forms.tsx'
import { pageHeaders } from '../pages/headers.ts'
import { commonPasswords } from '../passwords/common.ts'
import { validatePassword } from '../passwords/rules.ts'
import { loginName, taken } from './user-fields.ts'

export const forms = new Hono<App>()

forms.use('/activate/', switchable, pageHeaders, sizeLimit)
forms.use('/reset-password/', switchable, pageHeaders, sizeLimit)
forms.use('/reset-username/', switchable, pageHeaders, sizeLimit)
forms.use('/change-email/', switchable, pageHeaders, sizeLimit)

forms.get('/activate/', (c) => {
  const page = <ActivatePage {...shownTo(c)} {...linkIn(c.req.query())} />
  return c.html(html`<!doctype html>${page}`)
})

forms.post('/activate/', throttle('activation'), async (c) => {
  const { db, settings } = c.var
  const { say, translate } = speechOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const again = (problems: string[]) => {
    const told = problems.map(translate)
    const page = <ActivatePage {...shownTo(c)} {...link} problems={told} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const isBlank = !sent.new_password && !sent.re_new_password
  const { password = '', problems } = isBlank ? { problems: [] } : await passwordIn(c, sent)
  if (problems.length > 0) return again(problems)

  const isCommon = commonPasswords(c.env.ASSETS)
  const chosen = isBlank ? undefined : { password, isCommon }
  const outcome = await activate(db, settings, link, occasionOf(c), chosen)
  if (typeof outcome === 'object') return again(outcome.weak)
  // An account that was active before keeps its password.
  const isActive = outcome === 'done' || (outcome === 'active' && isBlank)
  if (!isActive) return worthless(c)

  deliverLater(c)
  return result(c, say`Your account is active`, say`You can log in now.`)
})

forms.get('/reset-password/', (c) => {
  const page = <ResetPasswordPage {...shownTo(c)} {...linkIn(c.req.query())} />
  return c.html(html`<!doctype html>${page}`)
})

forms.post('/reset-password/', throttle('reset'), async (c) => {
  const { db, settings } = c.var
  const { say, translate } = speechOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const again = (problems: string[]) => {
    const told = problems.map(translate)
    const page = <ResetPasswordPage {...shownTo(c)} {...link} problems={told} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const { password = '', problems } = await passwordIn(c, sent)
  if (problems.length > 0) return again(problems)

  const wanted = { ...link, password, isCommon: commonPasswords(c.env.ASSETS) }
  const outcome = await resetPassword(db, settings, wanted, occasionOf(c))
  if (outcome === 'uid' || outcome === 'token') return worthless(c)
  if (outcome !== 'done') return again(outcome.weak)

  deliverLater(c)
  return result(c, say`Your password is changed`, say`Log in with the new one.`)
})

forms.get('/reset-username/', (c) => {
  const { loginField: field } = c.var.settings
  const page = <ResetUsernamePage {...shownTo(c)} field={field} {...linkIn(c.req.query())} />
  return c.html(html`<!doctype html>${page}`)
})

forms.post('/reset-username/', throttle('reset'), async (c) => {
  const { db, settings } = c.var
  const { say, translate } = speechOf(c)
  const sent = await formOf(c)
  const link = linkIn(sent)
  const { loginField: field } = settings
  const again = (name: string, problems: string[]) => {
    const told = { name, problems: problems.map(translate) }
    const page = <ResetUsernamePage {...shownTo(c)} {...link} {...told} field={field} />
    return c.html(html`<!doctype html>${page}`, 400)
  }
  const name = v.safeParse(loginName(settings), sent.new_name ?? '')
  if (!name.success) {
    return again(
      sent.new_name ?? '',
      name.issues.map(({ message }) => message),
    )
  }
  const outcome = await resetName(db, settings, { ...link, name: name.output }, occasionOf(c))
  if (outcome === 'taken') return again(name.output, [taken(settings)])
  if (outcome !== 'done') return worthless(c)

  deliverLater(c)
  if (settings.emailChangeConfirmation) {
    const once = say`Your address changes once you follow the link sent to it.`
    return result(c, say`Open your mail`, once)
  }
  const title =
    field === 'email' ? say`Your e-mail address is changed` : say`Your username is changed`
  return result(c, title, say`Log in with the new one.`)
})

forms.get('/change-email/', (c) => {
  const page = <ChangeEmailPage {...shownTo(c)} {...linkIn(c.req.query())} />
  return c.html(html`<!doctype html>${page}`)
})

forms.post('/change-email/', throttle('reset'), async (c) => {
  const { db, settings } = c.var
  const { say } = speechOf(c)

  const outcome = await confirmEmailChange(db, settings, linkIn(await formOf(c)), occasionOf(c))
  if (outcome === 'taken') {
    return result(c, say`This address is taken`, say`Another account has it by now.`, false)
  }
  if (outcome !== 'done') return worthless(c)

  deliverLater(c)
  return result(c, say`Your e-mail address is changed`, say`Log in with the new one.`)
})

function result(c: Context<App>, title: string, text: string, good = true) {
  const page = <ResultPage {...shownTo(c)} title={title} text={text} good={good} />
  return c.html(html`<!doctype html>${page}`, good ? 200 : 400)
}

function worthless(c: Context<App>) {
  const { say } = speechOf(c)
  const why = say`It was used already, or it is too old. Ask for a new one and open the newest mail.`
  return result(c, say`This link does not work`, why, false)
}

const shownTo = (c: Context<App>) => ({
  siteName: c.var.settings.siteName,
  speech: speechOf(c),
  urlPrefix: c.var.settings.urlPrefix,
})

async function formOf(c: Context<App>): Promise<Record<string, string>> {
  const form = await c.req.parseBody().catch(() => ({}))
  const texts = Object.entries(form).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts as [string, string][])
}

/** The new password of a form that asks for it twice, or what is wrong with it. */
async function passwordIn(c: Context<App>, sent: Record<string, string>) {
  const read = (text = '') => v.safeParse(newPassword(), text)
  const [first, second] = [read(sent.new_password), read(sent.re_new_password)]
  if (!first.success) return { problems: first.issues.map(({ message }) => message) }
  const weak = await validatePassword(first.output, [], commonPasswords(c.env.ASSETS))
  const isSame = second.output === first.output
  const mismatch = isSame ? [] : ["The two password fields didn't match."]
  return { password: first.output, problems: [...weak, ...mismatch] }
}

const linkIn = ({ uid = '', token = '' }: Record<string, string>) => ({ uid, token })
