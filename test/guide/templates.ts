// src/templates.ts
import { html } from 'hono/html'
import type { EmailTemplates, PageTemplates } from '../../src/index.ts'

const emails: EmailTemplates = {
  // Other words for our email.
  activation: ({ standard, siteName, t }) => ({ ...standard, subject: t`Welcome to ${siteName}` }),
  // An email of your own.
  password_reset: ({ link, signature, user }) => ({
    subject: 'Choose a new password',
    text: `Hello ${user?.first_name ?? ''},\n\n${link}\n\n${signature}\n`,
    html: html`<p>Hello ${user?.first_name},</p><p><a href="${link}">Go</a></p><p>${signature}</p>`,
  }),
}

const pages: PageTemplates = {
  layout: ({ title, siteName, lang, children }) =>
    html`<html lang="${lang}"><head><title>${title} · ${siteName}</title></head><body>${children}</body></html>`,
  change_email: ({ urlPrefix, uid, token, layout, t }) =>
    layout(
      t`Confirm your new address`,
      html`<form method="post" action="${urlPrefix}/change-email/">
        <input type="hidden" name="uid" value="${uid}"><input type="hidden" name="token" value="${token}">
        <button>${t`Confirm address`}</button>
      </form>`,
    ),
}

export const templates = { emails, pages }
