// The deployer's templates of emails. Each gets what ours get, and the words of ours. Only its context has the link.

import type { html } from 'hono/html'
import type { UserWithoutHash } from '../hooks.ts'
import type { Fact } from './event-facts.ts'
import type { MailKind } from './outbox.ts'
import type { EmailContent, TemplateContext } from './templates.ts'

/** HTML by JSX or the tag `html` of `hono/html`, which escape values. */
type Html = ReturnType<typeof html>

export interface EmailContext extends TemplateContext {
  kind: MailKind
  /** The words of our own email. */
  standard: EmailContent
  /** The code of the email's language. */
  language: string
  /** The first and the last line of our own email. */
  greeting: string
  signature: string
  /** The link that the email is for; undefined if its kind has none. */
  link: string | undefined
  /** APP_URL; empty if it is not set. */
  appUrl: string
  /** When and from where a security event came, for an email about one. */
  facts: Fact[]
  /** The user, once they have proved the address. Before that, an attacker may have chosen every field. */
  user: UserWithoutHash | undefined
}

/** An email of your own. Text and HTML must contain the link, if there is one. */
export interface OwnEmail {
  subject: string
  text: string
  /** A plain string is escaped. */
  html: Html | string
}

/** @returns other words for our email, or an email of your own */
type EmailTemplate = (
  context: EmailContext,
) => EmailContent | OwnEmail | Promise<EmailContent | OwnEmail>

export type EmailTemplates = { [Kind in MailKind]?: EmailTemplate }

/** The templates in use. `useEmailTemplates` replaces them. */
export let emailTemplates: EmailTemplates = {}

export function useEmailTemplates(given: EmailTemplates) {
  emailTemplates = given
}
