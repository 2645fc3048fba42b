// Renders an email as text and as HTML from the same sentences. A message is a pure function of its parameters, so that a
// retry sends the same bytes. An attacker may have chosen a name: it is escaped, and left out if it is more than a name.

import { type Translator, translator } from '../i18n/translations.ts'
import type { OutboxRow } from '../schema.ts'
import { type EventDetails, eventFacts } from './event-facts.ts'
import { EmailHtml, type EmailParts } from './layout.tsx'
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
}

export function renderEmail(kind: OutboxRow['kind'], mail: EmailParams): Message {
  const siteName = oneLine(mail.siteName)
  const { validFor } = mail
  const spoken = translator(mail.language ?? 'en')
  const { t } = spoken
  const { login: given, isProven } = mail
  const login = given === undefined || isProven || isHarmlessLogin(given) ? given : ''
  const content = contentOf(kind, { siteName, validFor, login, t })
  if (content.linkLabel && !mail.link)
    throw new Error(`an email of the kind ${kind} requires a link`)

  const parts = {
    content,
    siteName,
    greeting: greeting(t, mail.name),
    signature: t`The ${siteName} team`,
    speech: spoken,
    button: buttonOf(content, mail),
    facts: mail.event ? eventFacts(mail.event, spoken) : [],
  }
  return {
    subject: content.subject,
    text: textOf(parts),
    html: `<!doctype html>${(<EmailHtml {...parts} />).toString()}`,
  }
}

function buttonOf(
  { linkLabel, appLabel }: EmailContent,
  { link, appUrl }: EmailParams,
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
