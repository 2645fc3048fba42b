// Templates of a deployer's own for pages: the layout, or one page. Headers, status and paths stay ours.

import { html } from 'hono/html'
import { afterEach, describe, expect, test } from 'vitest'
import { useLanguages } from '../../src/i18n/translations.ts'
import { type Html, type PageTemplates, usePageTemplates } from '../../src/pages/own-templates.ts'
import { client } from '../support/api.ts'
import { captureLogs } from '../support/logs.ts'
import { pendingUser } from '../support/people.ts'

const logs = captureLogs()

afterEach(() => {
  usePageTemplates({})
  useLanguages({})
})

const activate: PageTemplates['activate'] = ({ t, language, uid, token, layout, problems = [] }) =>
  layout(
    t`Activate your account`,
    html`<form method="post" action="/activate/" data-language="${language}">
      ${problems.map((problem) => html`<i>${problem}</i>`)}
      <input type="hidden" name="uid" value="${uid}" /><input type="hidden" name="token" value="${token}" />
      <input name="new_password" /><input name="re_new_password" /></form>`,
  )

/** The document of the deployer's. */
const layout: PageTemplates['layout'] = ({ title, siteName, lang, children }) =>
  html`<html lang="${lang}"><title>${title}</title><body class="mine">${siteName}${children}</body></html>`

const pageOf = async (path: string) => client({ EMAIL_FRONTEND_SITE_NAME: 'A & B' }).get(path)

describe('a page of the deployer’s own', () => {
  test('replaces ours in our layout, and its form activates the account', async () => {
    usePageTemplates({ activate })
    const { api, link } = await pendingUser()
    const shown = await api.get(`/activate/?uid=${link.uid}&token=${link.token}`)
    expect(shown.status).toBe(200)
    expect(shown.body).toMatch(/^<!doctype html><html lang="en">/)
    expect(shown.body).toContain('data-language="en"')
    expect(shown.body).toContain(`value="${link.token}"`)
    expect(shown.body).toContain('<style>')

    const weak = { new_password: '123', re_new_password: '123' }
    const again = await api.send('POST', '/activate/', { form: { ...link, ...weak } })
    expect([again.status, again.body]).toEqual([
      400,
      expect.stringContaining('<i>This password is too short.'),
    ])
    const done = await api.send('POST', '/activate/', { form: link })
    expect(done.body).toContain('Your account is active')
  })

  test('escapes values, and has the headers of our pages', async () => {
    const ours = await pageOf('/activate/?uid=MQ&token=t')
    usePageTemplates({
      invalid_link: ({ purpose, cause, siteName }) =>
        html`<p>${purpose} ${cause} ${siteName} ${'<script>'}</p>`,
    })
    const own = await pageOf('/activate/?uid=MQ&token=t')
    expect(own.body).toBe('<!doctype html><p>activation incomplete A &amp; B &lt;script&gt;</p>')
    expect(own.status).toBe(400)
    expect([...own.headers]).toEqual([...ours.headers])
    expect(own.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(own.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('speaks the language of the request', async () => {
    useLanguages({ de: { sentences: { 'Activate your account': 'Konto freischalten' } } })
    usePageTemplates({ activate })
    const { link } = await pendingUser()
    const headers = { 'accept-language': 'de' }
    const path = `/activate/?uid=${link.uid}&token=${link.token}`
    const { body } = await client({ USE_I18N: true }).get(path, { headers })
    expect(body).toContain('<title>Konto freischalten')
    expect(body).toContain('data-language="de"')
  })
})

describe('a layout of the deployer’s own', () => {
  test('is around every page, ours and theirs, and not around the mailbox', async () => {
    usePageTemplates({ layout, activate })
    const { link } = await pendingUser()
    const own = await pageOf(`/activate/?uid=${link.uid}&token=${link.token}`)
    const ours = await pageOf('/activate/?uid=MQ&token=t')
    for (const { body } of [own, ours]) {
      expect(body).toMatch(
        /^<!doctype html><html lang="en"><title>.*<\/title><body class="mine">A &amp; B/,
      )
    }
    expect(own.body).toContain('data-language="en"')
    expect(ours.body).toContain('<h1>This link does not work</h1>')
    const mailbox = await client().get('/dev/mailbox/', { headers: { accept: 'text/html' } })
    expect(mailbox.body).toContain('<html')
    expect(mailbox.body).not.toContain('class="mine"')
  })
})

describe('a page template that fails', () => {
  const fail = () => {
    throw new Error('no such word')
  }
  const Broken = (): Html => fail()
  test.each<[string, PageTemplates]>([
    ['a page', { invalid_link: fail }],
    ['a component of a page', { invalid_link: () => <Broken /> }],
    ['a layout', { layout: fail }],
    ['both', { layout: fail, invalid_link: async () => fail() }],
  ])('is logged, and ours is shown: %s', async (_, templates) => {
    const { body: ours } = await pageOf('/activate/?uid=MQ&token=t')
    usePageTemplates(templates)
    const { status, body } = await pageOf('/activate/?uid=MQ&token=t')
    expect([status, body]).toEqual([400, ours])
    const [line] = logs.map((each) => JSON.parse(each)[0])
    expect(line).toMatchObject({
      message: 'the page template failed',
      cause: 'Error: no such word',
    })
  })
})
