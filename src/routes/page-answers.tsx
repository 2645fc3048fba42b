// The answers of our pages: the result of an action, an invalid link, and a client that must wait.

import type { Context } from 'hono'
import { html } from 'hono/html'
import type { App } from '../context.ts'
import { isDisabled } from '../http/disabled-routes.ts'
import { onError } from '../http/errors.ts'
import { translatorOf } from '../http/language.ts'
import { ResultPage } from '../pages/forms.tsx'
import { InvalidLinkPage } from '../pages/invalid-link.tsx'
import type { Settings } from '../settings/parse.ts'
import { type Purpose, reasonInvalid } from '../tokens/links.ts'

/** The parts of every page that come from the settings. */
export const commonProps = (c: Context<App>) => ({
  siteName: c.var.settings.siteName,
  speech: translatorOf(c),
  urlPrefix: c.var.settings.urlPrefix,
  appUrl: c.var.settings.appUrl,
})

export async function formOf(c: Context<App>): Promise<Record<string, string>> {
  const form = await c.req.parseBody().catch(() => ({}))
  const texts = Object.entries(form).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts as [string, string][])
}

export const linkIn = ({ uid = '', token = '' }: Record<string, string>) => ({ uid, token })

export function result(c: Context<App>, title: string, text: string, good = true) {
  const page = <ResultPage {...commonProps(c)} title={title} text={text} good={good} />
  return c.html(html`<!doctype html>${page}`, good ? 200 : 400)
}

/** Says that a link is not valid, with a form for a new one if our pages may offer it. */
export function invalidLink(
  c: Context<App>,
  purpose: Purpose,
  link: { uid: string; token: string },
) {
  const { settings, now } = c.var
  const action = actionFor(settings, purpose)
  const cause = reasonInvalid(settings, link, now)
  const page = (
    <InvalidLinkPage {...commonProps(c)} purpose={purpose} action={action} cause={cause} />
  )
  return c.html(html`<!doctype html>${page}`, 400)
}

/** Only the form for a new link, with the errors of the address. */
export function newLinkForm(
  c: Context<App>,
  purpose: Purpose,
  email = '',
  problems: string[] = [],
) {
  const action = actionFor(c.var.settings, purpose)
  const sent = { email, problems: problems.map(translatorOf(c).translate) }
  const page = <InvalidLinkPage {...commonProps(c)} purpose={purpose} action={action} {...sent} />
  return c.html(html`<!doctype html>${page}`, problems.length > 0 ? 400 : 200)
}

/**
 * The path of our page that requests a new link, if there is one. It does what an endpoint does, so it does not exist if
 * that endpoint is disabled. No page of ours can show Turnstile's widget, which requires script.
 */
export function actionFor(settings: Settings, purpose: Purpose): string | undefined {
  const isOpen = (path: string) => !isDisabled(settings, 'POST', path)
  if (settings.turnstile.requiredFor.includes('reset')) return undefined
  if (purpose === 'activation') {
    const isOffered = settings.sendActivationEmail && isOpen('/auth/users/resend_activation/')
    return isOffered ? '/activate/again/' : undefined
  }
  const isReset = purpose === 'password_reset' && isOpen('/auth/users/reset_password/')
  return isReset ? '/reset-password/again/' : undefined
}

/** Shows a page if the client must wait. Answers all other errors as the API does. */
export function onPageError(error: Error, c: Context<App>): Response | Promise<Response> {
  const answer = onError(error, c)
  const status = ([429, 503] as const).find((each) => each === answer.status)
  if (status === undefined || !c.req.header('accept')?.includes('text/html')) return answer
  const { t } = translatorOf(c)
  const minutes = Math.ceil(Number(answer.headers.get('Retry-After')) / 60)
  const text = minutes > 1 ? t`Try again in ${minutes} minutes.` : t`Try again in a minute.`
  const page = <ResultPage {...commonProps(c)} title={t`Please wait`} text={text} good={false} />
  return c.html(html`<!doctype html>${page}`, status)
}
