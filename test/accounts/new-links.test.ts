// The page of a link that no longer works sends a new one, if the user may request one there.

import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { kindsTo, newEmail, newestLink, pendingUser, person } from '../support/people.ts'
import { open } from '../support/throttling.ts'
import { turnstile } from '../support/turnstile.ts'

const geese = 'a flock of geese'
const app = 'https://app.example.com/books/#/log-in'

describe('the page of a link that does not work', () => {
  test('sends a new activation link that works', async () => {
    const { api, email, link } = await pendingUser({ MAIL_COOLDOWN: 1 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2000 })
    const { body } = await api.get(`/activate/?uid=${link.uid}&token=x`)
    const [, path = ''] = /<form method="post" action="([^"]+)"/.exec(body) ?? []
    expect(path).toBe('/activate/again/')
    const sent = await api.send('POST', path, { form: { email } })
    vi.useRealTimers()

    expect([sent.status, sent.body]).toEqual([200, expect.stringContaining('Check your email')])
    expect(sent.body).not.toContain(email)
    expect(await kindsTo(api, email)).toEqual(['activation', 'activation'])
    const form = await newestLink(api, email)
    const done = await api.send('POST', '/activate/', { form })
    expect(done.body).toContain('Your account is active')
  })

  test('sends a new reset link that works', async () => {
    const { api, email } = await person()
    const sent = await api.send('POST', '/reset-password/again/', { form: { email } })
    expect([sent.status, sent.body]).toEqual([200, expect.stringContaining('Check your email')])

    const [{ kind, uid, token }] = await api.mail(email)
    expect(kind).toBe('password_reset')
    const form = { uid, token, new_password: geese, re_new_password: geese }
    expect((await api.send('POST', '/reset-password/', { form })).status).toBe(200)
  })

  test('answers the same for an address without an account, with any settings', async () => {
    const { email } = await person()
    for (const vars of [{}, { PASSWORD_RESET_SHOW_EMAIL_NOT_FOUND: true }]) {
      const api = client(vars)
      for (const path of ['/activate/again/', '/reset-password/again/']) {
        const known = await api.send('POST', path, { form: { email } })
        const unknown = await api.send('POST', path, { form: { email: newEmail() } })
        expect([unknown.status, unknown.body]).toEqual([known.status, known.body])
      }
    }
  })

  test('works below URL_PREFIX', async () => {
    const api = client({ URL_PREFIX: '/api/v1' })
    const { body } = await api.get('/api/v1/reset-password/')
    expect(body).toContain('action="/api/v1/reset-password/again/"')
    const form = { email: newEmail() }
    const sent = await api.send('POST', '/api/v1/reset-password/again/', { form })
    expect([sent.status, sent.body]).toEqual([200, expect.stringContaining('Check your email')])
  })

  test('shares the rate limits of the API', async () => {
    const { email } = await person()
    const api = client(open)
    for (let time = 0; time < 5; time++) {
      await api.post('/auth/users/reset_password/', { email })
      const here = await api.send('POST', '/reset-password/again/', { form: { email } })
      expect(here.status).toBe(200)
    }
    const [there, here] = [
      await api.post('/auth/users/reset_password/', { email }),
      await api.send('POST', '/reset-password/again/', { form: { email } }),
    ]
    expect([there.status, here.status]).toEqual([429, 429])
    expect(here.headers.get('retry-after')).toBe(there.headers.get('retry-after'))
    expect(await kindsTo(api, email)).toEqual(['password_reset', 'activation'])
  })

  test('shows the error of an invalid address, in the language of the request', async () => {
    const api = client({ USE_I18N: true })
    const form = { email: '<b>ada' }
    const { status, body } = await api.send('POST', '/reset-password/again/', { form })
    expect(status).toBe(400)
    expect(body).toContain('Enter a valid email address.')
    expect(body).toContain('value="&lt;b&gt;ada"')

    const headers = { 'accept-language': 'es' }
    const spanish = await api.send('POST', '/activate/again/', { form, headers })
    expect(spanish.body).toContain('Solicite un enlace nuevo')
    expect(spanish.body).toContain('Introduzca una dirección de correo electrónico válida.')
  })

  test('offers no form if the API requires a captcha or does not have the route', async () => {
    const { api, email } = await person()
    const links = {
      ACTIVATION_URL: 'activate/{uid}/{token}',
      PASSWORD_RESET_CONFIRM_URL: 'reset/{uid}/{token}',
    }
    for (const [path, vars] of [
      ['/activate/', { ...turnstile, APP_URL: app }],
      ['/reset-password/', { ...turnstile, APP_URL: app }],
      ['/activate/', { SEND_ACTIVATION_EMAIL: false, APP_URL: app }],
      ['/activate/', { ...links, DISABLED_ROUTES: 'activation', APP_URL: app }],
      ['/reset-password/', { ...links, DISABLED_ROUTES: 'password', APP_URL: app }],
    ] as const) {
      const settled = client(vars)
      const page = await settled.get(path)
      expect(page.body).toContain('This link does not work')
      expect(page.body).toContain('On the login page, ')
      expect(page.body).toContain(`href="${app}"`)
      expect(page.body).not.toContain('<form')
      await settled.send('POST', `${path}again/`, { form: { email } })
    }
    expect(await kindsTo(api, email)).toEqual(['activation'])
  })

  test('says where to repeat a request that only the user can repeat', async () => {
    const api = client({ APP_URL: app })
    for (const path of ['/reset-username/', '/change-email/']) {
      const { body } = await api.get(path)
      expect(body).toContain('Please request the change again.')
      expect(body).toContain(`href="${app}"`)
      expect(body).not.toContain('<form')
    }
  })
})
