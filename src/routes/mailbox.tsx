// The development mailbox, as a page and as JSON. It does not exist in production, or for a request that came through
// Cloudflare. Another site could point its own name to this machine (DNS rebinding) and read all emails, so only this
// machine's hosts and that of PUBLIC_URL are allowed.

import { Hono } from 'hono'
import { html } from 'hono/html'
import type { App } from '../context.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { newestMail } from '../mail/dev-mailbox.ts'
import { pageHeaders } from '../pages/headers.ts'
import { MailboxPage } from '../pages/mailbox.tsx'
import { thisMachine } from '../settings/trusted-urls.ts'
import { ownUrl } from '../settings/urls.ts'

export const mailboxRoutes = new Hono<App>()

mailboxRoutes.get('/dev/mailbox/', pageHeaders, async (c) => {
  const { db, settings } = c.var
  if (!settings.development || c.req.header('cf-ray') !== undefined) throw notFound()
  const { hostname } = new URL(c.req.url)
  if (![...thisMachine, new URL(settings.publicUrl).hostname].includes(hostname)) {
    throw forbidden(
      `The mailbox is not shown under the name ${hostname}. Open ${ownUrl(settings, '/dev/mailbox/')}, or name this host in PUBLIC_URL.`,
    )
  }

  const mails = (await newestMail(db)).map(({ recipient, createdAt, ...mail }) => ({
    id: mail.id,
    kind: mail.kind,
    to: recipient,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    url: mail.url,
    uid: mail.uid,
    token: mail.token,
    created_at: createdAt.toISOString(),
  }))
  if (c.req.header('accept')?.includes('text/html')) {
    const page = <MailboxPage mails={mails} baseUrl={ownUrl(settings, '')} />
    return c.html(html`<!doctype html>${page}`)
  }
  return c.json({ count: mails.length, results: mails })
})
