// The log has no password, token, link, uid or address, whatever succeeds or fails between sign-up and deletion.

import { createExecutionContext, createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import worker from '../../src/worker.ts'
import { client } from '../support/api.ts'
import { logIn, newEmail } from '../support/people.ts'
import { beforeRoundTrip } from '../support/trips.ts'

const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'group'] as const
let logged: string[] = []

beforeEach(() => {
  logged = []
  for (const method of methods) {
    vi.spyOn(console, method).mockImplementation((...values: unknown[]) => {
      logged.push(JSON.stringify(values, wholeErrors))
    })
  }
})
afterEach(() => vi.restoreAllMocks())

/** JSON shows an error as an empty object; its texts could reveal a secret. */
function wholeErrors(_key: string, value: unknown) {
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  return { ...value, name, message, stack, cause }
}

/** Whether a secret is in the log; a short one counts only as a whole word. */
function isLogged(secret: string): boolean {
  const text = logged.join('\n')
  if (secret.length > 8) return text.includes(secret) || text.includes(encodeURIComponent(secret))
  return text.split(/[^\w-]+/).includes(secret)
}

async function hashOf(email: string): Promise<string> {
  const user = env.DB.prepare('select password from users where email = ?').bind(email)
  return String(await user.first('password'))
}

interface Person {
  email: string
  password: string
  first_name: string
  last_name: string
}
const newPerson = (email = newEmail('log')): Person => ({
  email,
  password: 'a first pond of quiet herons',
  first_name: `Given${Date.now()}`,
  last_name: `Family${Date.now()}`,
})

const broken = (...statements: RegExp[]) =>
  beforeRoundTrip(env.DB, (sent) => {
    const fails = statements.some((statement) => sent.some((sql) => statement.test(sql)))
    if (fails) throw new Error('D1_ERROR: disk I/O error: SQLITE_IOERR')
  })

describe('the log of an account', () => {
  test('has no secret from sign-up to deletion, with every error on the way', async () => {
    const api = client({ PASSWORD_CHANGED_EMAIL_CONFIRMATION: 'true' })
    const { email, password, ...names } = newPerson()
    const wrong = `wrong password ${crypto.randomUUID()}`
    const secrets = [email, password, wrong, names.first_name, names.last_name]
    const statuses: number[] = []
    const post = async (path: string, json: object, token?: string) => {
      const { status, body } = await api.post(path, json, token ? { token } : {})
      statuses.push(status)
      return body
    }

    await post('/auth/users/', { email, password, ...names })
    await post('/auth/users/', { email, password, ...names })
    await post('/auth/jwt/create/', { email, password })
    const [activation] = await api.mail(email)
    const { uid, token } = activation
    await post('/auth/users/activation/', { uid, token: `${token}0` })
    await post('/auth/users/activation/', { uid, token })
    await post('/auth/users/activation/', { uid, token })
    secrets.push(uid, token, activation.url, await hashOf(email))

    await post('/auth/jwt/create/', { email, password: wrong })
    const { access, refresh } = await post('/auth/jwt/create/', { email, password })
    secrets.push(...[access, refresh].flatMap((jwt) => [jwt, ...jwt.split('.').slice(1)]))
    await post('/auth/jwt/refresh/', { refresh })
    await post('/auth/jwt/refresh/', { refresh: access })
    await post('/auth/jwt/verify/', { token: `${access}x` })
    await api.get('/auth/users/me/', { token: access })
    await api.get('/auth/users/me/', { token: refresh })
    await api.get(`/activate/?uid=${uid}&token=${token}`)
    const next = `second password ${crypto.randomUUID()}`
    const change = { current_password: wrong, new_password: next }
    await post('/auth/users/set_password/', change, access)
    await post('/auth/users/set_password/', { ...change, current_password: password }, access)

    await post('/auth/users/reset_password/', { email })
    const [reset] = await api.mail(email)
    const last = `third password ${crypto.randomUUID()}`
    secrets.push(next, last, reset.uid, reset.token, reset.url)
    const form = { uid: reset.uid, token: reset.token, new_password: last, re_new_password: last }
    const pages = [
      await api.send('POST', '/reset-password/', { form: { ...form, re_new_password: next } }),
      await api.send('POST', '/reset-password/', { form }),
      await api.send('POST', '/reset-password/', { form }),
    ]
    expect(pages.map(({ status }) => status)).toEqual([400, 200, 400])
    const again = await post('/auth/jwt/create/', { email, password: last })
    await post('/api/token/blacklist/', { refresh: again.refresh })
    const end = await post('/auth/jwt/create/', { email, password: last })
    const deleted = await api.delete(
      '/auth/users/me/',
      { current_password: last },
      { token: end.access },
    )

    expect(deleted.status).toBe(204)
    expect(statuses).toEqual([
      201, 400, 401, 400, 204, 403, 401, 200, 200, 401, 401, 400, 204, 204, 200, 200, 200,
    ])
    expect(secrets.filter(isLogged)).toEqual([])
  })

  test('reports an unhandled error without naming the user', async () => {
    const { email, password, ...names } = newPerson()
    const open = { SEND_ACTIVATION_EMAIL: 'false' }
    await client(open).post('/auth/users/', { email, password, ...names })
    const { body } = await logIn(client(open), { email, password })
    const hash = await hashOf(email)

    const failing = [/^insert into "users"/, /^update "users"/, /^insert into "sessions"/]
    const api = client({ ...open, DB: broken(...failing, /^delete from "users"/, /"password" = /) })
    const token = { token: body.access }
    const first_name = `Ada\n    at ${names.last_name}`
    const answers = [
      await api.post('/auth/users/', { ...newPerson(), email: newEmail(names.last_name) }),
      await api.patch('/auth/users/me/', { first_name }, token),
      await logIn(api, { email, password }),
      await api.delete('/auth/users/me/', { current_password: password }, token),
    ]
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500, 500])
    expect(logged.filter((line) => line.includes('unhandled error'))).toHaveLength(4)
    const secrets = [email, password, hash, body.access, ...Object.values(names)]
    expect(secrets.filter(isLogged)).toEqual([])
  })

  test('reports mail that was not sent without naming the recipient', async () => {
    const resend = { RESEND_API_KEY: 're_key-of-this-test', RESEND_BASE_URL: 'https://resend.test' }
    const failures = [
      'broken',
      'refused',
      'chatty',
      'garbled',
      'suspicious',
      'rate-limited',
      'hangs',
    ]
    const people = failures.map((kind) => newPerson(`${kind}+${crypto.randomUUID()}@example.com`))
    const api = client({ ...resend, RESEND_TIMEOUT: '0.2', THROTTLE_ENABLED: 'false' })
    for (const person of people) {
      expect((await api.post('/auth/users/', person)).status).toBe(201)
    }
    expect(logged.filter((line) => line.includes('mail was not sent'))).toHaveLength(
      failures.length,
    )

    const outbox = broken(/^update "mail_outbox"/)
    const withoutOutbox = newPerson()
    await client({ DB: outbox }).post('/auth/users/', withoutOutbox)
    expect(logged.filter((line) => line.includes('mail delivery failed'))).toHaveLength(1)

    const withoutKey = newPerson()
    await client({ ...resend, RESEND_API_KEY: 'ré_key' }).post('/auth/users/', withoutKey)
    const scheduledTime = new Date(Date.now() + 10 * 60_000)
    const settings = { ...env, ...resend, RESEND_TIMEOUT: '0.2' }
    await worker.scheduled(
      createScheduledController({ scheduledTime }),
      settings,
      createExecutionContext(),
    )
    // The clocks of other tests must not send these mails again.
    const deletion = env.DB.prepare('delete from mail_outbox where recipient = ?')
    await env.DB.batch(
      [...people, withoutOutbox, withoutKey].map(({ email }) => deletion.bind(email)),
    )

    const personal = [...people, withoutOutbox, withoutKey].flatMap((person) =>
      Object.values(person),
    )
    const secrets = [...personal, resend.RESEND_API_KEY, 'ré_key', 're_secret', 'ada@example.com']
    expect(secrets.filter(isLogged)).toEqual([])
    const links = logged.filter((line) => /https?:|token=|uid=/.test(line))
    expect(links).toEqual([])
  })
})
