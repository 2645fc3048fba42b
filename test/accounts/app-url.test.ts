// The links on our pages and in our emails to APP_URL.

import { describe, expect, test } from 'vitest'
import { linkTo, loggedIn, logIn, newEmail, password, pendingUser } from '../support/people.ts'

const geese = 'a flock of geese'
const app = 'https://app.example.com/books/#/log-in'

describe('APP_URL', () => {
  test('is the link on our result pages, which have no link without it', async () => {
    for (const [vars, leads] of [
      [{ APP_URL: app, EMAIL_FRONTEND_SITE_NAME: 'Books' }, true],
      [{ EMAIL_FRONTEND_SITE_NAME: 'Books' }, false],
    ] as const) {
      const { api, email, link } = await pendingUser(vars)
      const activated = await api.send('POST', '/activate/', { form: link })
      const form = {
        ...(await linkTo(api, 'reset_password', email)),
        new_password: geese,
        re_new_password: geese,
      }
      const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
      const reset = await api.send('POST', '/reset-password/', { form, headers })

      for (const { status, body } of [activated, reset]) {
        expect(status).toBe(200)
        expect(body).not.toContain('evil')
        expect(body.includes(`<a class="button" href="${app}">Continue to Books</a>`)).toBe(leads)
        expect(body.includes('<a ')).toBe(leads)
      }
    }
  })

  test('is the link in emails that say where to log in', async () => {
    const vars = {
      APP_URL: app,
      SEND_CONFIRMATION_EMAIL: true,
      SECURITY_EMAILS: 'new_device,password_changed,email_changed',
      USERNAME_CHANGED_EMAIL_CONFIRMATION: true,
      EMAIL_CHANGE_CONFIRMATION: false,
    }
    const { api, email, access } = await loggedIn(vars)
    const other = { headers: { 'user-agent': 'another' } }
    await logIn(api, { email }, other)
    const change = { current_password: password, new_password: geese }
    await api.post('/auth/users/set_password/', change, { token: access })
    const next = newEmail()
    const rename = { current_password: geese, new_email: next }
    await api.post('/auth/users/set_email/', rename, { token: access })

    const mails = [...(await api.mail(email)), ...(await api.mail(next))]
    for (const kind of [
      'confirmation',
      'new_device',
      'password_changed_confirmation',
      'username_changed_confirmation',
    ]) {
      const mail = mails.find((each: { kind: string }) => each.kind === kind)
      expect(mail?.text, kind).toContain(`\n\n${app}\n\n`)
      expect(mail?.html, kind).toContain(`href="${app}"`)
    }
    const [first] = (await api.mail(email)).reverse()
    expect([first.kind, first.text.includes(app)]).toEqual(['activation', false])
  })
})
