import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { loggedIn, logIn, newEmail, password } from '../support/people.ts'

const newPassword = 'a flock of geese'

describe('the page of an activation link', () => {
  test('shows a form on GET without acting, and activates on POST', async () => {
    const api = client()
    const email = newEmail()
    await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
    const [{ url, uid, token }] = await api.mail(email)

    const page = await api.get(url.replace('https://auth.test', ''))
    expect(page.status).toBe(200)
    expect(page.body).toMatch(/^<!doctype html><html lang="en">/)
    expect((await logIn(api, { email })).status).toBe(401)
    const done = await api.send('POST', '/activate/', { form: { uid, token } })

    expect([done.status, done.body]).toEqual([
      200,
      expect.stringContaining('Your account is active'),
    ])
    expect((await logIn(api, { email })).status).toBe(200)
  })

  test('is not cached, sends no referrer and runs no script', async () => {
    const { headers } = await client().get('/activate/?uid=MQ&token=t')

    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test('escapes the values of the link', async () => {
    const { body } = await client().get('/activate/?uid=%22%3E%3Cscript%3E&token=%3Cb%3E')

    expect(body).not.toContain('<script')
    expect(body).not.toContain('<b>')
  })
})

describe('the page of a reset link', () => {
  test('shows errors, keeps the link, and sets the password once', async () => {
    const { api, email, access } = await loggedIn()
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const send = (new_password: string, re_new_password = new_password) =>
      api.send('POST', '/reset-password/', { form: { uid, token, new_password, re_new_password } })

    const weak = await send('123', 'qq-zz')
    expect(weak.status).toBe(400)
    expect(weak.body).toContain('This password is too short.')
    expect(weak.body).toContain('The two password fields didn')
    expect(weak.body).toContain(token)
    expect(weak.body).not.toContain('qq-zz')

    const alike = await send('Lovelace1')
    expect([alike.status, alike.body]).toEqual([
      400,
      expect.stringContaining('The password is too similar to the last name.'),
    ])
    expect(alike.body).toContain(token)

    expect((await send(newPassword)).status).toBe(200)
    expect((await send(newPassword)).body).toContain('This link does not work')
    expect((await send('Lovelace1')).body).toContain('This link does not work')
    expect((await api.get('/auth/users/me/', { token: access })).status).toBe(401)
    const login = await logIn(api, { email, password: newPassword })
    expect(login.status).toBe(200)
  })

  test('reads a password like the API', async () => {
    const { api, email } = await loggedIn()
    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const padded = `\u0085${newPassword}\u001f`

    const form = { uid, token, new_password: padded, re_new_password: padded }
    expect((await api.send('POST', '/reset-password/', { form })).status).toBe(200)

    const login = await logIn(api, { email, password: newPassword })
    expect(login.status).toBe(200)
  })
})

describe('GET /dev/mailbox/', () => {
  test('is a page for browsers and JSON for others, newest first, and keeps mail of deleted users', async () => {
    const { api, email, access } = await loggedIn()
    await api.post('/auth/users/reset_password/', { email })
    await api.delete('/auth/users/me/', { current_password: password }, { token: access })

    const page = await api.get('/dev/mailbox/', { headers: { accept: 'text/html' } })
    const { body } = await api.get('/dev/mailbox')

    expect(page.body).toContain('<!doctype html>')
    expect(page.body).toContain(email)
    expect(body.count).toBe(body.results.length)
    expect(Object.keys(body.results[0])).toEqual([
      'id',
      'kind',
      'to',
      'subject',
      'text',
      'html',
      'url',
      'uid',
      'token',
      'created_at',
    ])
    const mails = await api.mail(email)
    expect(mails.map(({ kind }: { kind: string }) => kind)).toEqual([
      'password_reset',
      'activation',
    ])
  })

  test('does not exist in production, nor for requests that came through Cloudflare', async () => {
    const production = client({
      ENVIRONMENT: 'production',
      RESEND_API_KEY: 're_x',
      ARGON2_MEMORY_COST: 19_456,
      ARGON2_TIME_COST: 2,
    })

    const answers = [
      await production.get('/dev/mailbox/'),
      await client().get('/dev/mailbox/', { headers: { 'cf-ray': '8f2' } }),
    ]

    for (const { status, body } of answers) {
      expect([status, body]).toEqual([404, { detail: 'Not found.' }])
    }
  })
})

test('the mailbox cannot be read through a hostname that another site points at this machine', async () => {
  const { email } = await loggedIn()
  const askedAt = async (origin: string, vars: object = {}) => {
    const settings = { ...env, ...vars }
    const request = new Request(`${origin}/dev/mailbox/`)
    const answer = await worker.fetch(request, settings, createExecutionContext())
    return { status: answer.status, text: await answer.text() }
  }

  for (const origin of [
    'http://evil.example:8787',
    'http://localhost.evil.example',
    'http://0.0.0.0',
  ]) {
    const { status, text } = await askedAt(origin)
    expect(status).toBe(403)
    expect(text).not.toContain(email)
    expect(text).toContain('Open https://auth.test/dev/mailbox/, or name this host in PUBLIC_URL.')
  }
  for (const origin of [
    'https://auth.test',
    'http://localhost:8787',
    'http://LOCALHOST',
    'http://127.0.0.1:8787',
    'http://[::1]:8787',
  ]) {
    const { status, text } = await askedAt(origin)
    expect([status, text]).toEqual([200, expect.stringContaining(email)])
  }
  const lan = { PUBLIC_URL: 'http://192.168.0.9:8787' }
  expect((await askedAt('http://192.168.0.9:8787', lan)).status).toBe(200)
})

describe('the page of a link to choose another login', () => {
  test('shows errors, keeps the link, and changes the address once on POST', async () => {
    const { api, email } = await loggedIn({ EMAIL_CHANGE_CONFIRMATION: false })
    const other = await loggedIn()
    await api.post('/auth/users/reset_email/', { email })
    const [{ url, uid, token }] = await api.mail(email)
    const send = (new_name: string) =>
      api.send('POST', '/reset-username/', { form: { uid, token, new_name } })

    const page = await api.get(url.replace('https://auth.test', ''))
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('type="email"')])
    expect(page.body).toContain('<h1>Choose a new email address</h1>')
    const [bad, taken] = [await send('<b>nowhere'), await send(other.email)]
    expect([bad.status, taken.status]).toEqual([400, 400])
    expect(bad.body).toContain('Enter a valid email address.')
    expect(bad.body).not.toContain('<b>')
    expect(taken.body).toContain('user account with this email already exists.')
    expect(taken.body).toContain(token)
    const next = newEmail()
    expect((await send(next)).body).toContain('Your email address was changed')
    expect((await send(newEmail())).body).toContain('This link does not work')
    expect((await logIn(api, { email: next })).status).toBe(200)
  })

  test('asks for a username if users log in by username', async () => {
    const vars = { LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false }
    const api = client(vars)
    const email = newEmail()
    await api.post('/auth/users/', { email, username: email.slice(0, -12), password })
    await api.post('/auth/users/reset_username/', { email })
    const [{ url }] = await api.mail(email)

    const { body } = await api.get(url.replace('https://auth.test', ''))

    expect(body).toContain('New username')
    expect(body).toContain('autocomplete="username"')
  })
})
