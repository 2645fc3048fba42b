// What an email about a security event says: the time, the device, and the place.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import worker from '../../src/worker.ts'
import { type Api, client } from '../support/api.ts'
import { loggedIn, logIn, makeStaff, newEmail, password } from '../support/people.ts'
import { beforeRoundTrip, isDelivery } from '../support/trips.ts'

const geese = 'a flock of geese'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'
const headers = {
  'user-agent': firefox,
  'cf-ipcountry': 'PE',
  'cf-connecting-ip': '203.0.113.7',
}
const time = /^Time: \d{1,2} [A-Z][a-z]+ \d{4} at \d\d:\d\d UTC$/m

/** The facts in the newest email of a kind, one per line. */
async function factsIn(api: Api, email: string, kind: string): Promise<string[]> {
  const mails = await api.mail(email)
  const mail = mails.find((each: { kind: string }) => each.kind === kind)
  expect(mail, `a mail of the kind ${kind}`).toBeDefined()
  const lines = mail.text.split('\n').filter((line: string) => /^[A-Z][A-Za-z ]+: \S/.test(line))
  for (const line of lines) expect(mail.html).toContain(line.split(': ')[1])
  return lines
}

const allFacts = [
  expect.stringMatching(time),
  'Device: Firefox on Linux',
  'Place: Peru',
  'IP address: 203.0.113.7',
]

describe('the email has time, device, place and IP address', () => {
  test('of a login from a new device', async () => {
    const { email } = await loggedIn()
    const api = client({ SECURITY_EMAILS: 'new_device' })
    await logIn(api, { email }, { headers })

    expect(await factsIn(api, email, 'new_device')).toEqual(allFacts)
  })

  test('of a new password, set and reset', async () => {
    const { api, email, access } = await loggedIn()
    const change = { current_password: password, new_password: geese }
    await api.post('/auth/users/set_password/', change, { token: access, headers })
    expect(await factsIn(api, email, 'password_changed_confirmation')).toEqual(allFacts)

    await api.post('/auth/users/reset_password/', { email })
    const [{ uid, token }] = await api.mail(email)
    const reset = { uid, token, new_password: 'a herd of zebras' }
    const elsewhere = { headers: { ...headers, 'cf-connecting-ip': '2001:db8::7' } }
    await api.post('/auth/users/reset_password_confirm/', reset, elsewhere)
    expect(await factsIn(api, email, 'password_changed_confirmation')).toEqual([
      ...allFacts.slice(0, 3),
      'IP address: 2001:db8::7',
    ])
  })

  test('of a refresh token that was used twice', async () => {
    const rotation = {
      ROTATE_REFRESH_TOKENS: true,
      BLACKLIST_AFTER_ROTATION: true,
      REFRESH_TOKEN_REUSE_INTERVAL: 0,
    }
    const { api, email, refresh } = await loggedIn(rotation)
    await api.post('/auth/jwt/refresh/', { refresh })
    await api.post('/auth/jwt/refresh/', { refresh }, { headers })

    expect(await factsIn(api, email, 'refresh_reused')).toEqual(allFacts)
  })

  test('of another email address, and of another username', async () => {
    const settings = { USERNAME_CHANGED_EMAIL_CONFIRMATION: true, EMAIL_CHANGE_CONFIRMATION: false }
    const { api, email, access } = await loggedIn(settings)
    const next = newEmail()
    const change = { current_password: password, new_email: next }
    await api.post('/auth/users/set_email/', change, { token: access, headers })
    expect(await factsIn(api, email, 'email_changed')).toEqual(allFacts)
    expect(await factsIn(api, next, 'username_changed_confirmation')).toEqual(allFacts)

    const byName = client({ ...settings, LOGIN_FIELD: 'username', SEND_ACTIVATION_EMAIL: false })
    const ada = { username: `ada${Date.now()}`, email: newEmail(), password }
    await byName.post('/auth/users/', ada)
    const { body } = await byName.post('/auth/jwt/create/', ada)
    const rename = { current_password: password, new_username: `lady${Date.now()}` }
    await byName.post('/auth/users/set_username/', rename, { token: body.access, headers })
    expect(await factsIn(byName, ada.email, 'username_changed_confirmation')).toEqual(allFacts)
  })

  test('of a requested change of address: only the time', async () => {
    const { api, email, access } = await loggedIn({ EMAIL_CHANGE_CONFIRMATION: true })
    const change = { current_password: password, new_email: newEmail() }
    await api.post('/auth/users/set_email/', change, { token: access, headers })

    expect(await factsIn(api, email, 'email_change_requested')).toEqual([allFacts[0]])
  })

  test('in Spanish too', async () => {
    const spanish = { USE_I18N: true, LANGUAGE_CODE: 'es', EMAIL_FRONTEND_SITE_NAME: 'Garza' }
    const { api, email, access } = await loggedIn(spanish)
    const change = { current_password: password, new_password: geese }
    await api.post('/auth/users/set_password/', change, { token: access, headers })

    const [{ text }] = await api.mail(email)
    expect(text).toMatch(/^Fecha: \d{1,2} de [a-z]+ de \d{4} a las? \d{1,2}:\d\d UTC$/m)
    expect(text).toContain(
      '\nDispositivo: Firefox en Linux\nLugar: Perú\nDirección IP: 203.0.113.7\n',
    )
  })
})

describe('an email contains no text that a client chose', () => {
  test.each([
    ['user-agent', 'evil.com/1'],
    ['user-agent', 'Call-18885550100 now, your account is locked'],
    ['user-agent', 'Mozilla/5.0 (evil.com; call +1 888 555 0100) evil'],
    ['cf-ipcountry', 'evil.com'],
    ['cf-ipcountry', 'XX'],
    ['cf-connecting-ip', 'evil.com'],
    ['cf-connecting-ip', '203.0.113.7, evil.com'],
    ['cf-connecting-ip', '1.2.3.4/login'],
  ])('%s: %s', async (name, value) => {
    const { api, email, access } = await loggedIn()
    const change = { current_password: password, new_password: geese }
    const sent = { ...headers, [name]: value }
    await api.post('/auth/users/set_password/', change, { token: access, headers: sent })

    const facts = await factsIn(api, email, 'password_changed_confirmation')
    const [{ text, html }] = await api.mail(email)
    const known = allFacts.filter((fact) => !isAbout(name, fact))
    const unknown = name === 'user-agent' ? ['Device: not recognised'] : []
    expect(facts).toEqual([known[0], ...unknown, ...known.slice(1)])
    expect(text + html).not.toMatch(/evil|888|locked|login</)
  })

  const isAbout = (name: string, fact: string) =>
    typeof fact === 'string' &&
    fact.startsWith(
      { 'user-agent': 'Device', 'cf-ipcountry': 'Place', 'cf-connecting-ip': 'IP' }[name] ?? '?',
    )
})

describe('an email about an event', () => {
  test('says the same in every attempt', async () => {
    const { email, access } = await loggedIn()
    const resend = {
      ...{ ENVIRONMENT: 'production', ARGON2_MEMORY_COST: 19_456, ARGON2_TIME_COST: 2 },
      ...{ RESEND_API_KEY: 're_of_the_tests', RESEND_BASE_URL: 'https://resend.test' },
    }
    const recipient = `once-broken+${Date.now()}@example.com`
    await env.DB.prepare('update users set email = ?, email_key = ? where email = ?')
      .bind(recipient, recipient, email)
      .run()
    const change = { current_password: password, new_password: geese }
    const { status } = await client(resend).post('/auth/users/set_password/', change, {
      token: access,
      headers,
    })
    expect(status).toBe(204)
    const row = await rowTo(recipient)
    expect(row.last_error).toBe('internal_server_error 500')

    const at = createScheduledController({ scheduledTime: new Date(row.next_attempt_at) })
    await worker.scheduled(at, { ...env, ...resend }, createExecutionContext())

    const [first, second] = await received(row.id)
    expect(first?.body.text).toContain('Device: Firefox on Linux')
    expect(second?.body).toEqual(first?.body)
  })

  test('is sent, with the time alone, if the event was deleted', async () => {
    const { email, access } = await loggedIn()
    let isLate = false
    const DB = beforeRoundTrip(env.DB, async (statements) => {
      if (!isLate && isDelivery(statements)) {
        isLate = true
        await env.DB.prepare('delete from security_events').run()
      }
    })
    const api = client({ DB })
    const change = { current_password: password, new_password: geese }
    await api.post('/auth/users/set_password/', change, { token: access, headers })

    expect(await factsIn(api, email, 'password_changed_confirmation')).toEqual([allFacts[0]])
  })

  test('has the time alone if another user caused the event', async () => {
    const atOnce = { SEND_ACTIVATION_EMAIL: false, EMAIL_CHANGE_CONFIRMATION: false }
    const api = client({ LOGIN_FIELD: 'username', ...atOnce })
    const [ada, eve] = ['ada', 'eve'].map((name) => ({
      ...{ username: `${name}${Date.now()}`, email: newEmail(name), password },
    })) as [Person, Person]
    const { body } = await api.post('/auth/users/', ada)
    await makeStaff((await api.post('/auth/users/', eve)).body.id)
    const { access } = (await api.post('/auth/jwt/create/', eve)).body
    const change = { email: newEmail() }
    await api.patch(`/auth/users/${body.id}/`, change, { token: access, headers })

    expect(await factsIn(api, ada.email, 'email_changed')).toEqual([allFacts[0]])
  })
})

interface Person {
  username: string
  email: string
  password: string
}

const rowTo = async (address: string) =>
  (await env.DB.prepare('select * from mail_outbox where recipient = ?').bind(address).first()) as {
    id: string
    next_attempt_at: number
    last_error: string | null
  }

async function received(key: string): Promise<{ body: Record<string, string> }[]> {
  const response = await fetch(`http://resend.test/_received?key=${encodeURIComponent(key)}`)
  return response.json()
}
