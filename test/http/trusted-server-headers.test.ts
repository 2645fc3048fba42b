// The headers of a trusted server: which secrets and values are rejected, and what TRUSTED_SERVER_SECRET must be.

import { afterEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { production, settings, settingsErrorOf } from '../support/production.ts'
import { from, secret, vars } from '../support/trusted-server.ts'

afterEach(() => vi.restoreAllMocks())

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
      vi.spyOn(console, method).mockImplementation((...values) => lines.push(values))
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
