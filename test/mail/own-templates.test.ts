// Templates of a deployer's own for emails: other words, or another email.

import { html } from 'hono/html'
import { afterEach, describe, expect, test } from 'vitest'
import { type EmailTemplates, useEmailTemplates } from '../../src/mail/own-templates.ts'
import { client } from '../support/api.ts'
import { captureLogs } from '../support/logs.ts'
import { linkTo, loggedIn, newPerson } from '../support/people.ts'

const logs = captureLogs()

afterEach(() => useEmailTemplates({}))

const site = { EMAIL_FRONTEND_SITE_NAME: 'Garden & Shed' }

/** Signs up, and returns the email about it. */
async function activation(templates: EmailTemplates) {
  useEmailTemplates(templates)
  const api = client(site)
  const sent = newPerson()
  expect((await api.post('/auth/users/', sent)).status).toBe(201)
  const [mail, ...more] = await api.mail(sent.email)
  expect(more).toEqual([])
  return { api, mail, sent }
}

describe('a template with other words', () => {
  test('replaces some of them, and keeps link, greeting and signature', async () => {
    const { mail, api } = await activation({
      activation: ({ standard, siteName, t }) => ({
        ...standard,
        subject: `Welcome\r\nBcc: eve@example.com to ${siteName}`,
        before: [`1 < 2 <b>bold</b>`, t`Hello,`],
      }),
    })
    expect(mail.subject).toBe('Welcome Bcc: eve@example.com to Garden & Shed')
    expect(mail.text).toMatch(/^Hello,\n\n1 < 2 <b>bold<\/b>\n\n/)
    expect(mail.text).toContain(mail.url)
    expect(mail.text).toContain('The Garden & Shed team')
    expect(mail.html).toContain('1 &lt; 2 &lt;b&gt;bold&lt;/b&gt;')
    const { uid, token } = mail
    const link = { uid, token }
    expect((await api.post('/auth/users/activation/', link)).status).toBe(204)
  })

  test('is for its kind alone', async () => {
    const { mail } = await activation({
      password_reset: ({ standard }) => ({ ...standard, subject: 'Mine' }),
    })
    expect(mail.subject).toBe('Account activation on Garden & Shed')
  })
})

describe('an email of the deployer’s own', () => {
  test('has their text and HTML with the link, and escapes what it fills in', async () => {
    const { mail } = await activation({
      activation: async ({ link, siteName, signature }) => ({
        subject: siteName,
        text: `Open ${link}\n${signature}`,
        html: html`<p>${siteName}</p><a href="${link}">${'<b>go</b>'}</a>`,
      }),
    })
    expect(mail.subject).toBe('Garden & Shed')
    expect(mail.text).toBe(`Open ${mail.url}\nThe Garden & Shed team`)
    const href = mail.url.replaceAll('&', '&amp;')
    expect(mail.html).toBe(`<p>Garden &amp; Shed</p><a href="${href}">&lt;b&gt;go&lt;/b&gt;</a>`)
  })

  test('is escaped as a whole if its HTML is a plain string', async () => {
    const { mail } = await activation({
      activation: ({ link }) => ({ subject: 's', text: `${link}`, html: `<p>${link}</p>` }),
    })
    expect(mail.html).toBe(`&lt;p&gt;${mail.url.replaceAll('&', '&amp;')}&lt;/p&gt;`)
  })

  test('knows the user once they proved the address, without the hash, and the facts of an event', async () => {
    const seen: Record<string, unknown>[] = []
    const { email, id } = await loggedIn(site)
    const template: EmailTemplates['activation'] = ({ standard, user, facts, link, kind }) => {
      seen.push({ kind, user, facts, hasLink: link !== undefined })
      return standard
    }
    useEmailTemplates({ activation: template, password_reset: template, new_device: template })
    const api = client(site)
    await api.post('/auth/users/', newPerson())
    await linkTo(api, 'reset_password', email)
    const [pending, proven] = seen
    expect(pending).toEqual({ kind: 'activation', user: undefined, facts: [], hasLink: true })
    expect(proven).toMatchObject({ kind: 'password_reset', user: { id, email, first_name: 'Ada' } })
    expect(proven?.user).not.toHaveProperty('password')
  })
})

describe('a template that fails', () => {
  const broken: [string, EmailTemplates['activation']][] = [
    [
      'throws',
      () => {
        throw new Error('no such word')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no such word'))],
    ['drops the link’s button', ({ standard: { linkLabel: _, ...others } }) => others],
    ['drops the link from its text', ({ link }) => ({ subject: 's', text: 't', html: `${link}` })],
    ['drops the link from its HTML', ({ link }) => ({ subject: 's', text: `${link}`, html: 'h' })],
  ]
  test.each(broken)('and %s is logged, and our own email is sent', async (_, template) => {
    const { mail, sent } = await activation({ ...(template && { activation: template }) })
    expect(mail.subject).toBe('Account activation on Garden & Shed')
    expect(mail.text).toContain(mail.url)
    const [line, ...more] = logs.map((each) => JSON.parse(each)[0])
    expect(more).toEqual([])
    expect(line).toMatchObject({ message: 'the email template failed', kind: 'activation' })
    for (const secret of [mail.token, sent.email, sent.password]) {
      expect(logs.join()).not.toContain(secret)
    }
  })
})
