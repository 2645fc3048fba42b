// The pages of links that no longer work, and the links on our pages and in our mails to APP_URL.

import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { counting } from '../budgets/counting.ts'
import { type Api, client } from '../support/api.ts'
import { kindsTo, loggedIn, logIn, newEmail, password, person } from '../support/people.ts'
import { open } from '../support/throttling.ts'
import { interceptD1 } from '../support/trips.ts'
import { turnstile } from '../support/turnstile.ts'

const geese = 'a flock of geese'
const app = 'https://app.example.com/books/#/log-in'
const pageOf = ({ uid, token }: { uid: string; token: string }, path = '/reset-password/') =>
  `${path}?uid=${uid}&token=${token}`

async function resetLink(api: Api, email: string) {
  await api.post('/auth/users/reset_password/', { email })
  const [{ uid, token }] = await api.mail(email)
  return { uid, token }
}

async function signedUp(vars: Record<string, unknown> = {}) {
  const api = client(vars)
  const email = newEmail()
  await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
  const [{ uid, token }] = await api.mail(email)
  return { api, email, link: { uid, token } }
}

describe('the page of a link', () => {
  test('says that a link does not work, and why, instead of showing a form', async () => {
    const { api, email } = await person()
    const link = await resetLink(api, email)
    const form = { ...link, new_password: geese, re_new_password: geese }
    expect((await api.get(pageOf(link))).body).toContain('name="new_password"')
    const short = client({ PASSWORD_RESET_TIMEOUT: 1 })

    const cut = await api.get(pageOf({ ...link, token: link.token.slice(0, -3) }))
    const garbled = await api.get(pageOf({ ...link, uid: '%%' }))
    const bare = await api.get('/reset-password/')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3000 })
    const old = await short.get(pageOf(link))
    vi.useRealTimers()
    await api.send('POST', '/reset-password/', { form })
    const used = await api.get(pageOf(link))
    const usedAgain = await api.send('POST', '/reset-password/', { form })

    for (const { status, body } of [cut, garbled, bare, old, used, usedAgain]) {
      expect(status).toBe(400)
      expect(body).toContain('This link does not work')
      expect(body).not.toContain('new_password')
      expect(body).toContain('action="/reset-password/again/"')
    }
    for (const { body } of [cut, garbled, bare]) expect(body).toContain('Part of it is missing.')
    expect(old.body).toContain('It has expired.')
    for (const { body } of [used, usedAgain]) expect(body).toContain('It was already used')
  })

  test('shows the same for a known and an unknown account', async () => {
    const { api, email } = await person()
    const { token } = await resetLink(api, email)
    const wrong = token.replace(/[0-9a-f]{4}$/, (end: string) => (end === '0000' ? '1111' : '0000'))

    const known = await api.get(pageOf({ uid: 'MQ', token: wrong }))
    const unknown = await api.get(pageOf({ uid: 'OTk5OTk5OTk', token: wrong }))

    expect(known.body).toBe(unknown.body)
  })

  test('writes nothing, costs one round trip, and shares the rate limit of its form', async () => {
    const { api, email } = await person()
    const link = await resetLink(api, email)
    const { api: counted, roundTrips } = counting()
    const statements: string[] = []
    const DB = interceptD1(env.DB, (texts, run) => {
      statements.push(...texts)
      return run()
    })
    for (const path of ['/activate/', '/reset-password/', '/reset-username/', '/change-email/']) {
      const before = roundTrips()
      await counted.get(pageOf(link, path))
      expect(roundTrips() - before, path).toBe(1)
      await client({ DB }).get(pageOf(link, path))
    }
    expect(statements.every((statement) => statement.startsWith('select'))).toBe(true)

    const many = Array.from({ length: 40 }, () => api.get(pageOf(link)))
    const form = { ...link, new_password: 'x', re_new_password: 'x' }
    expect((await Promise.all(many)).map(({ status }) => status)).toContain(429)
    expect((await api.send('POST', '/reset-password/', { form })).status).toBe(429)
  })

  test('shows a browser a page when the rate limit is reached', async () => {
    const RATE_LIMITER = { limit: async () => ({ success: false }) }
    const headers = { accept: 'text/html,*/*;q=0.8' }
    const answer = await client({ RATE_LIMITER }).get('/reset-password/', { headers })

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    expect(answer.body).toContain('Try again in a minute.')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('says again that the account is active', async () => {
    const { api, link } = await signedUp({ APP_URL: app })
    await api.send('POST', '/activate/', { form: link })

    const { status, body } = await api.get(pageOf(link, '/activate/'))

    expect([status, body]).toEqual([200, expect.stringContaining('Your account is active')])
    expect(body).toContain(`href="${app}"`)
  })
})

describe('the page of a link that does not work sends a new one', () => {
  test('sends a new activation link that works', async () => {
    const { api, email, link } = await signedUp({ MAIL_COOLDOWN: 1 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2000 })
    const { body } = await api.get(pageOf({ ...link, token: 'x' }, '/activate/'))
    const [, path = ''] = /<form method="post" action="([^"]+)"/.exec(body) ?? []
    expect(path).toBe('/activate/again/')
    const sent = await api.send('POST', path, { form: { email } })
    vi.useRealTimers()

    expect([sent.status, sent.body]).toEqual([200, expect.stringContaining('Check your email')])
    expect(sent.body).not.toContain(email)
    expect(await kindsTo(api, email)).toEqual(['activation', 'activation'])
    const [{ uid, token }] = await api.mail(email)
    const done = await api.send('POST', '/activate/', { form: { uid, token } })
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

describe('APP_URL', () => {
  test('is the link on our result pages, which have no link without it', async () => {
    for (const [vars, leads] of [
      [{ APP_URL: app, EMAIL_FRONTEND_SITE_NAME: 'Books' }, true],
      [{ EMAIL_FRONTEND_SITE_NAME: 'Books' }, false],
    ] as const) {
      const { api, email, link } = await signedUp(vars)
      const activated = await api.send('POST', '/activate/', { form: link })
      const form = { ...(await resetLink(api, email)), new_password: geese, re_new_password: geese }
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

  test('is the link in mails that say where to log in', async () => {
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
