// A server that proves itself by TRUSTED_SERVER_SECRET names the client that it acts for. Rate limits, sessions, events
// and throttles then use the client's address and user agent, not the server's.

import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { newEmail, password, person } from '../support/people.ts'
import { production, settings, settingsErrorOf } from '../support/production.ts'
import { open } from '../support/throttling.ts'
import { newToken, turnstile, verificationsOf, withToken } from '../support/turnstile.ts'

const secret = 'a-secret-of-the-server-0123456789-01'
const vars = { TRUSTED_SERVER_SECRET: secret }
// The address that Cloudflare names for every Worker that calls another zone.
const shared = '2a06:98c0:3600::103'

/** The headers that a server sends for one of its clients. */
const from = (ip: string, more: Record<string, string> = {}) => ({
  'cf-connecting-ip': shared,
  'cf-ipcountry': 'XX',
  'user-agent': 'node',
  'x-gatehouse-secret': secret,
  'x-gatehouse-client-ip': ip,
  ...more,
})

const logIn = (
  email: string,
  headers: Record<string, string>,
  more: object = {},
  word = password,
) => client({ ...vars, ...more }).post('/auth/jwt/create/', { email, password: word }, { headers })

const byte = () => Math.floor(Math.random() * 254) + 1
const anyIp = () => `${byte()}.${byte()}.${byte()}.${byte()}`

afterEach(() => vi.restoreAllMocks())

describe('thirty-one users that log in within a minute through one server', () => {
  test('can all log in', async () => {
    const emails: string[] = []
    while (emails.length < 31) emails.push((await person()).email)
    const answers = await Promise.all(emails.map((email) => logIn(email, from(anyIp()))))
    expect(answers.map(({ status }) => status)).toEqual(Array(31).fill(200))
  })

  test('are one client without the secret, so at least one of 61 is rejected', async () => {
    const headers = { 'cf-connecting-ip': anyIp(), 'user-agent': 'node' }
    const call = () => logIn(newEmail(), headers)
    const answers = await Promise.all(Array.from({ length: 61 }, call))
    expect(answers.map(({ status }) => status)).toContain(429)
  })
})

test('the rate limit counts the network of the named client, in whatever form its address is written', async () => {
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => {
    keys.push(key)
    return { success: true }
  }
  for (const ip of [
    '203.0.113.7',
    '::ffff:203.0.113.7',
    '::FFFF:CB00:7107',
    '2001:DB8:0:5::9',
    '2001:db8:0000:0005:1:2:3:4',
  ]) {
    await logIn(newEmail(), from(ip), { RATE_LIMITER: { limit } })
  }
  expect(keys).toEqual([
    ...Array(3).fill('login:203.0.113.7'),
    ...Array(2).fill('login:2001:db8:0:5'),
  ])
})

test('a client over the limit is rejected, and the server’s other clients are not', async () => {
  const flooding = anyIp()
  const calls = Array.from({ length: 61 }, () => logIn(newEmail(), from(flooding)))
  expect((await Promise.all(calls)).map(({ status }) => status)).toContain(429)
  expect((await logIn(newEmail(), from(anyIp()))).status).toBe(401)
})

test('the server’s own requests count together, and apart from strangers at its address', async () => {
  const keys: string[] = []
  const limit = async ({ key }: { key: string }) => {
    keys.push(key)
    return { success: true }
  }
  const { 'x-gatehouse-client-ip': _, ...own } = from('')
  await logIn(newEmail(), own, { RATE_LIMITER: { limit } })
  await logIn(newEmail(), { 'cf-connecting-ip': shared }, { RATE_LIMITER: { limit } })
  expect(keys).toEqual(['login:server', 'login:2a06:98c0:3600:0'])
})

describe('sessions and events', () => {
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1'

  async function recordedClients(id: number) {
    const row = (query: string) => env.DB.prepare(query).bind(id).first()
    return {
      session: await row('select ip, user_agent, country from sessions where user_id = ?'),
      event: await row(
        "select ip, user_agent, country from security_events where user_id = ? and type = 'login'",
      ),
    }
  }

  test('show the client that the server names', async () => {
    const { email, id } = await person()
    const more = { 'x-gatehouse-client-user-agent': phone, 'x-gatehouse-client-country': 'de' }
    await logIn(email, from('203.0.113.9', more))
    const client = { ip: '203.0.113.9', user_agent: phone, country: 'DE' }
    expect(await recordedClients(id)).toEqual({ session: client, event: client })
  })

  test('show nothing of the server if it names no user agent', async () => {
    const { email, id } = await person()
    await logIn(email, from('203.0.113.9'))
    const client = { ip: '203.0.113.9', user_agent: null, country: null }
    expect(await recordedClients(id)).toEqual({ session: client, event: client })
  })

  test('show the server’s user agent and no address if it acts for itself', async () => {
    const { email, id } = await person()
    const { 'x-gatehouse-client-ip': _, ...own } = from('')
    await logIn(email, own)
    const server = { ip: null, user_agent: 'node', country: null }
    expect(await recordedClients(id)).toEqual({ session: server, event: server })
  })

  test('show Cloudflare’s address if the headers come without the secret', async () => {
    const { email, id } = await person()
    const { 'x-gatehouse-secret': _, ...spoofed } = from('203.0.113.9', {
      'x-gatehouse-client-user-agent': phone,
      'x-gatehouse-client-country': 'DE',
    })
    await logIn(email, spoofed)
    const sender = { ip: shared, user_agent: 'node', country: 'XX' }
    expect(await recordedClients(id)).toEqual({ session: sender, event: sender })
  })
})

test('the known network of an account is the client’s, not the server’s', async () => {
  const { email } = await person()
  const home = '198.51.100.7'
  expect((await logIn(email, from(home), open)).status).toBe(200)
  for (let time = 0; time < 10; time++) {
    const guess = await logIn(email, from(anyIp()), open, 'a wrong one')
    expect(guess.status).toBe(401)
  }
  expect((await logIn(email, from('198.51.100.8'), open)).status).toBe(429)
  expect((await logIn(email, from(home), open)).status).toBe(200)
})

test('a session that a Worker of another zone started makes no network known', async () => {
  const { email } = await person()
  const worker = { 'cf-connecting-ip': shared }
  expect((await logIn(email, worker, open)).status).toBe(200)
  for (let time = 0; time < 10; time++) await logIn(email, worker, open, 'a wrong one')
  expect((await logIn(email, worker, open)).status).toBe(429)
  const { results } = await env.DB.prepare(
    'select key from throttles where user_id = (select id from users where email = ?)',
  )
    .bind(email)
    .run()
  expect(results).toHaveLength(1)
})

test('a session that a server started for itself makes no network known', async () => {
  const { email } = await person()
  const { 'x-gatehouse-client-ip': _, ...own } = from('')
  expect((await logIn(email, own, open)).status).toBe(200)
  for (let time = 0; time < 10; time++) await logIn(email, from(anyIp()), open, 'a wrong one')
  expect((await logIn(email, { 'cf-connecting-ip': shared }, open)).status).toBe(429)
  expect((await logIn(email, own, open)).status).toBe(429)
})

test('Turnstile gets the client’s address', async () => {
  const token = newToken()
  const names = { first_name: 'Ada', last_name: 'Lovelace' }
  const json = { email: newEmail(), password, ...names, ...withToken(token) }
  const api = client({ ...vars, ...turnstile })
  const { status } = await api.post('/auth/users/', json, { headers: from('203.0.113.9') })
  expect(status).toBe(201)
  expect(await verificationsOf(token)).toMatchObject([{ remoteip: '203.0.113.9' }])
})

describe('a wrong secret', () => {
  const refused = { detail: 'X-Gatehouse-Secret must hold a secret of TRUSTED_SERVER_SECRET.' }

  test.each([
    ['another one', 'another-secret-of-the-server-0123456789'],
    ['the right one with more after it', `${secret}x`],
    ['the right one cut short', secret.slice(0, -1)],
    ['the right one in capitals', secret.toUpperCase()],
    ['an empty one', ''],
    ['the right one twice', `${secret}, ${secret}`],
  ])('is rejected on every route, and never logged: %s', async (_, wrong) => {
    const lines: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error'] as const) {
      vi.spyOn(console, method).mockImplementation((...said) => lines.push(said))
    }
    const headers = from('203.0.113.9', { 'x-gatehouse-secret': wrong })
    for (const path of ['/', '/healthz/', '/auth/users/me/', '/activate/', '/nowhere/']) {
      const answer = await client(vars).get(path, { headers })
      expect([answer.status, answer.body]).toEqual([403, refused])
    }
    expect(lines).toEqual([])
  })

  test('is any secret if none is set', async () => {
    const { status, body } = await client().get('/', { headers: from('203.0.113.9') })
    expect([status, body]).toEqual([403, refused])
  })

  test('is rejected in the language of the request', async () => {
    const headers = { 'accept-language': 'es', 'x-gatehouse-secret': 'no' }
    const { body } = await client({ ...vars, USE_I18N: true }).get('/', { headers })
    expect(body.detail).toBe(
      'X-Gatehouse-Secret debe contener un secreto de TRUSTED_SERVER_SECRET.',
    )
  })
})

test('the old and the new secret are both valid while a secret rotates', async () => {
  const other = 'another-secret-of-the-server-0123456789'
  const both = { TRUSTED_SERVER_SECRET: `${other}, ${secret}` }
  for (const each of [secret, other]) {
    const headers = from('203.0.113.9', { 'x-gatehouse-secret': each })
    expect((await client(both).get('/', { headers })).status).toBe(200)
  }
})

test.each([
  '',
  ' ',
  'unknown',
  '203.0.113',
  '203.0.113.7.',
  '203.0.113.256',
  '203.0.113.07',
  '203.0.113.7:1234',
  '203.0.113.7, 198.51.100.1',
  '0xcb007107',
  '[2001:db8::1]',
  '2001:db8::1::2',
  'fe80::1%eth0',
  '2001:db8::1/64',
  ':',
])('%j is not a client’s address', async (ip) => {
  const { status, body } = await client(vars).get('/', { headers: from(ip) })
  expect([status, body]).toEqual([
    400,
    { detail: 'X-Gatehouse-Client-IP must hold one IPv4 or IPv6 address.' },
  ])
})

test('an invalid country is rejected', async () => {
  const headers = from('203.0.113.9', { 'x-gatehouse-client-country': 'Germany' })
  const { status, body } = await client(vars).get('/', { headers })
  const detail = 'X-Gatehouse-Client-Country must hold two letters, as "US".'
  expect([status, body]).toEqual([400, { detail }])
})

test('a long user agent is truncated', async () => {
  const { email, id } = await person()
  await logIn(email, from('203.0.113.9', { 'x-gatehouse-client-user-agent': 'x'.repeat(3000) }))
  const query = 'select length(user_agent) as length from sessions where user_id = ?'
  expect(await env.DB.prepare(query).bind(id).first()).toEqual({ length: 500 })
})

test('a preflight does not allow browsers to send the secret', async () => {
  const headers = {
    origin: 'https://app.example.com',
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'x-gatehouse-secret',
  }
  const { headers: answered } = await client(vars).send('OPTIONS', '/auth/jwt/create/', { headers })
  expect(answered.get('access-control-allow-headers')).not.toContain('gatehouse')
})

test('a request with the secret is still rejected if Origin names another site', async () => {
  const headers = from('203.0.113.9', { origin: 'https://evil.test' })
  const api = client({ ...vars, AUTH_COOKIES: true })
  const { status } = await api.post('/auth/jwt/create/', {}, { headers })
  expect(status).toBe(403)
})

test('the secret must be long, fit in a header, differ from other secrets, and not be allowed by CORS', () => {
  expect(settings().trustedServerSecrets).toEqual([])
  expect(settings({ TRUSTED_SERVER_SECRET: secret }).trustedServerSecrets).toEqual([secret])
  const short = settingsErrorOf({ TRUSTED_SERVER_SECRET: `${secret},hunter-2` })
  expect(short).toBe(
    'TRUSTED_SERVER_SECRET has a secret of less than 32 bytes; each must be 32 random bytes or more.',
  )
  expect(settingsErrorOf({ TRUSTED_SERVER_SECRET: 'ä'.repeat(32) })).toContain('no header carries')
  expect(settingsErrorOf({ TRUSTED_SERVER_SECRET: production.SIGNING_KEY })).toContain(
    'TRUSTED_SERVER_SECRET must not be another key',
  )
  const invited = { TRUSTED_SERVER_SECRET: secret, CORS_ALLOW_HEADERS: 'X-Gatehouse-Secret' }
  expect(settingsErrorOf(invited)).toContain('CORS_ALLOW_HEADERS must not hold X-Gatehouse-Secret')
})
