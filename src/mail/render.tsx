// Renders an email as text and as HTML from the same sentences. A message is a pure function of its parameters, so that a
// retry sends the same bytes. An attacker may have chosen a name: it is escaped, and left out if it is more than a name.

import { html } from 'hono/html'
import type { UserWithoutHash } from '../hooks.ts'
import { type Translator, translator } from '../i18n/translations.ts'
import type { OutboxRow } from '../schema.ts'
import { type EventDetails, eventFacts } from './event-facts.ts'
import { EmailHtml, type EmailParts } from './layout.tsx'
import { type EmailContext, emailTemplates, type OwnEmail } from './own-templates.ts'
import { contentOf, type EmailContent } from './templates.ts'

export interface Message {
  subject: string
  text: string
  html: string
}

export interface EmailParams {
  siteName: string
  /** The name in the greeting; may be blank. */
  name: string
  /** The username, if users log in by username. */
  login?: string
  /** Whether the recipient proved the address. If not, an attacker may have chosen the username. */
  isProven?: boolean
  /** The URL of the button. */
  link?: string
  /** APP_URL; empty or left out if it is not set. */
  appUrl?: string
  /** Seconds for which the link is valid. */
  validFor?: number
  /** The details of a security event, for an email about one. */
  event?: EventDetails
  language?: string
  /** The recipient, if they proved the address; for the deployer's templates. */
  user?: UserWithoutHash
}

/** Our own email. */
export function renderEmail(kind: OutboxRow['kind'], mail: EmailParams): Message {
  const context = contextOf(kind, mail)
  return messageOf(context.standard, context)
}

/** The email by the deployer's template, if there is one. If that fails, our own: no email is lost. */
export async function renderByTemplate(
  kind: OutboxRow['kind'],
  mail: EmailParams,
): Promise<Message> {
  const template = emailTemplates[kind]
  const context = contextOf(kind, mail)
  try {
    if (template) return await ownMessage(await template(context), context)
  } catch (error) {
    console.error({ message: 'the email template failed', kind, cause: String(error) })
  }
  return messageOf(context.standard, context)
}

async function ownMessage(own: EmailContent | OwnEmail, context: EmailContext): Promise<Message> {
  const { link = '' } = context
  const subject = oneLine(own.subject)
  if (!('html' in own)) {
    if (link !== '' && !own.linkLabel) throw new Error('it must have a linkLabel')
    return messageOf({ ...own, subject }, context)
  }
  const [page, escapedLink] = await Promise.all([html`${own.html}`, html`${link}`])
  if (!own.text.includes(link) || !page.includes(escapedLink)) {
    throw new Error('its text and its HTML must contain the link')
  }
  return { subject, text: own.text, html: String(page) }
}

function contextOf(kind: OutboxRow['kind'], mail: EmailParams): EmailContext {
  const siteName = oneLine(mail.siteName)
  const { validFor, login: given, isProven } = mail
  const spoken = translator(mail.language ?? 'en')
  const { t, language } = spoken
  const login = given === undefined || isProven || isHarmlessLogin(given) ? given : ''
  return {
    ...{ kind, siteName, validFor, login, t, language },
    standard: contentOf(kind, { siteName, validFor, login, t }),
    greeting: greeting(t, mail.name),
    signature: t`The ${siteName} team`,
    link: mail.link,
    appUrl: mail.appUrl ?? '',
    facts: mail.event ? eventFacts(mail.event, spoken) : [],
    user: mail.user,
  }
}

function messageOf(content: EmailContent, context: EmailContext): Message {
  const { kind, siteName, greeting, signature, language, facts, link } = context
  if (content.linkLabel && !link) throw new Error(`an email of the kind ${kind} requires a link`)
  const button = buttonOf(content, context)
  const speech = translator(language)
  const parts = { content, siteName, greeting, signature, speech, button, facts }
  return {
    subject: content.subject,
    text: textOf(parts),
    html: `<!doctype html>${(<EmailHtml {...parts} />).toString()}`,
  }
}

function buttonOf(
  { linkLabel, appLabel }: EmailContent,
  { link, appUrl }: EmailContext,
): EmailParts['button'] {
  if (linkLabel && link) return { label: linkLabel, link }
  return appLabel && appUrl ? { label: appLabel, link: appUrl } : undefined
}

/** Letters and what joins them: no link, address or telephone number, and too short for a message. */
const isName = (name: string) => /^\p{L}[\p{L}\p{M}'’ -]{0,29}$/u.test(name)

/** One word of a Django username that no mail program turns into a link or a telephone number. */
function isHarmlessLogin(login: string): boolean {
  const isWord = /^[\p{L}\p{M}\p{N}_+-]{1,30}$/u.test(login)
  const digits = login.match(/\p{N}/gu)?.length ?? 0
  const joints = login.match(/[_+-]/g)?.length ?? 0
  return isWord && digits <= 6 && joints <= 2
}

function greeting(t: Translator['t'], name: string): string {
  const called = name.trim()
  return isName(called) ? t`Hello ${called},` : t`Hello,`
}

/** Turns control characters, line ends and marks of writing direction into spaces. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/gu, ' ').trim()
}

function textOf({ content, greeting, signature, button, facts }: EmailParts): string {
  const [first, ...more] = content.before
  const list = facts.map(({ label, value }) => `${label}: ${value}`).join('\n') || undefined
  const paragraphs = [greeting, first, list, ...more, button?.link, ...content.after, signature]
  return `${paragraphs.filter((paragraph) => paragraph !== undefined).join('\n\n')}\n`
}
