// The behaviour of every view, as in REST framework: paths, methods, formats and bodies.

import { describe, expect, test } from 'vitest'
import * as api from '../support/api.ts'
import { logIn, newEmail, password } from '../support/people.ts'

const allMethods = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'
const views: [path: string, allow: string, guarded: boolean][] = [
  ['/', 'GET, HEAD, OPTIONS', false],
  ['/healthz/', 'GET, HEAD, OPTIONS', false],
  ['/readyz/', 'GET, HEAD, OPTIONS', false],
  ['/auth/', 'GET, HEAD, OPTIONS', false],
  ['/auth/users/', 'GET, POST, HEAD, OPTIONS', true],
  ['/auth/users/me/', allMethods, true],
  ['/auth/users/1/', allMethods, true],
  ['/auth/users/activation/', 'POST, OPTIONS', true],
  ['/auth/users/resend_activation/', 'POST, OPTIONS', true],
  ['/auth/users/set_password/', 'POST, OPTIONS', true],
  ['/auth/users/reset_password/', 'POST, OPTIONS', true],
  ['/auth/users/reset_password_confirm/', 'POST, OPTIONS', true],
  ['/auth/jwt/create/', 'POST, OPTIONS', false],
  ['/auth/jwt/refresh/', 'POST, OPTIONS', false],
  ['/auth/jwt/verify/', 'POST, OPTIONS', false],
  ['/api/token/', 'POST, OPTIONS', false],
  ['/api/token/refresh/', 'POST, OPTIONS', false],
  ['/api/token/verify/', 'POST, OPTIONS', false],
  ['/api/token/blacklist/', 'POST, OPTIONS', false],
  ['/register/', 'POST, OPTIONS', false],
  ['/api/protected-endpoint/', 'GET, HEAD, OPTIONS', true],
]

/** Every route is on, including those that are off by default. */
const client = (vars = {}) => api.client({ REGISTER: 'true', ...vars })

/** A user that is logged in, without an activation mail. */
async function loggedIn() {
  const api = client({ SEND_ACTIVATION_EMAIL: 'false', THROTTLE_ENABLED: 'false' })
  const email = newEmail()
  await api.post('/auth/users/', { email, password, first_name: 'Ada', last_name: 'Lovelace' })
  const { body } = await logIn(api, { email })
  return { api, email, access: String(body.access) }
}

const unknownCaller = { detail: 'Authentication credentials were not provided.' }
const parses = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']

describe.each(views)('%s', (path, allow, guarded) => {
  const unknownMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
    (name) => !allow.includes(name),
  )

  test('rejects an unknown method and lists the allowed ones', async () => {
    const { api, access } = await loggedIn()
    for (const method of unknownMethods) {
      const answer = await api.send(method, path, { token: access })
      expect(answer.body).toEqual({ detail: `Method "${method}" not allowed.` })
      expect(answer.status).toBe(405)
      expect(answer.headers.get('allow')).toBe(allow)
    }
  })

  test('authenticates the caller before it rejects the method, if it has a guard', async () => {
    for (const method of [...unknownMethods, 'OPTIONS']) {
      const answer = await client().send(method, path)
      expect(answer.status).toBe(guarded ? 401 : method === 'OPTIONS' ? 200 : 405)
      expect(answer.headers.get('www-authenticate')).toBe(guarded ? 'Bearer realm="api"' : null)
      if (guarded) expect(answer.body).toEqual(unknownCaller)
    }
  })

  test('answers OPTIONS with its description, also without the final slash', async () => {
    const { api, access } = await loggedIn()
    const answer = await api.send('OPTIONS', path, { token: access })
    expect(answer.body).toEqual({
      name: expect.stringMatching(/^\w/),
      description: expect.any(String),
      renders: ['application/json'],
      parses,
    })
    expect(answer.headers.get('allow')).toBe(allow)
    expect(answer.headers.get('vary')).toBe('Origin, Accept')
    const bare = await api.send('OPTIONS', path.replace(/(?<=.)\/$/, ''), { token: access })
    expect(bare.body).toEqual(answer.body)
  })

  test('rejects another format', async () => {
    for (const accept of [
      'text/csv',
      'text/html',
      'image/*',
      'application/xml;q=0.9, text/plain',
    ]) {
      const { status, body } = await client().send('OPTIONS', path, { headers: { accept } })
      expect(body).toEqual({ detail: 'Could not satisfy the request Accept header.' })
      expect(status).toBe(406)
    }
    const other = await client().send('OPTIONS', `${path}?format=xml`)
    expect(other.body).toEqual({ detail: 'Not found.' })
    expect(other.status).toBe(404)
  })

  test('answers JSON to every way of requesting it', async () => {
    const { api, access } = await loggedIn()
    for (const accept of [
      '*/*',
      'application/*',
      'Application/JSON; indent=2',
      'text/csv, */*;q=0.1',
      '',
    ]) {
      const sent = { token: access, headers: { accept } }
      expect((await api.send('OPTIONS', path, sent)).status).toBe(200)
    }
    for (const query of ['?format=json', '?format=']) {
      expect((await api.send('OPTIONS', path + query, { token: access })).status).toBe(200)
    }
  })
})

describe('an unknown path', () => {
  test.each(['/nowhere/', '/auth/nowhere', '/auth/users/me/x/', '/auth/jwt/', '/api/', '/x.txt'])(
    '%s answers 404 to any method',
    async (path) => {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
        const answer = await client().send(method, path)
        expect(answer.body).toEqual({ detail: 'Not found.' })
        expect(answer.status).toBe(404)
        expect(answer.headers.get('content-type')).toBe('application/json')
      }
    },
  )
})

describe('HEAD', () => {
  test('answers like GET, without the body', async () => {
    const { api, access } = await loggedIn()
    const head = async (path: string) => {
      const { status, body } = await api.send('HEAD', path, { token: access })
      expect(body).toBe('')
      return status
    }
    for (const path of ['/', '/auth/users/', '/auth/users/me/']) expect(await head(path)).toBe(200)
    expect(await head('/nowhere/')).toBe(404)
    expect(await head('/auth/jwt/create/')).toBe(405)
  })
})

describe('a body', () => {
  const required = { email: ['This field is required.'], password: ['This field is required.'] }

  test('that is empty counts as an object without fields, whatever its type', async () => {
    for (const type of [...parses, 'text/plain', '']) {
      const sent = { headers: { 'content-type': type } }
      expect((await client().send('POST', '/auth/jwt/create/', sent)).body).toEqual(required)
    }
    expect((await client().post('/auth/jwt/create/', {})).body).toEqual(required)
  })

  test('may be JSON, a form or multipart; the last of two values counts', async () => {
    const { api, email } = await loggedIn()
    const multipart = new FormData()
    for (const value of ['nobody@example.com', email]) multipart.append('email', value)
    multipart.append('password', password)
    const twice = new URLSearchParams([
      ['email', 'nobody@example.com'],
      ['email', email],
      ['password', password],
    ])
    const json = { 'content-type': 'Application/JSON; charset=utf-8' }
    const twiceInJson = `{"email":"nobody@example.com","email":"${email}","password":"${password}"}`
    for (const sent of [
      { body: multipart },
      { body: twice },
      { body: twiceInJson, headers: json },
    ]) {
      const { status, body } = await api.send('POST', '/auth/jwt/create/', sent)
      expect(body).toEqual({ refresh: expect.any(String), access: expect.any(String) })
      expect(status).toBe(200)
    }
  })

  test('of another type is rejected, and the error names the type', async () => {
    for (const type of ['text/plain', 'application/xml', 'application/json-patch+json', 'x;"\\']) {
      const sent = { body: '{}', headers: { 'content-type': type } }
      const { status, body } = await client().send('POST', '/auth/jwt/create/', sent)
      expect(body).toEqual({ detail: `Unsupported media type "${type}" in request.` })
      expect(status).toBe(415)
    }
  })

  test('gets 204 without a body and without a content type', async () => {
    const answer = await client().post('/auth/users/reset_password/', { email: newEmail() })
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(answer.headers.get('content-type')).toBeNull()
  })
})

test.each(['/', '/auth/users/me/', '/activate/', '/.well-known/jwks.json', '/nowhere/'])(
  '%s answers with the security headers',
  async (path) => {
    const { headers } = await client().get(path)
    const guards = [
      ['origin-agent-cluster', '?1'],
      ['referrer-policy', 'no-referrer'],
      ['strict-transport-security', 'max-age=15552000'],
      ['x-content-type-options', 'nosniff'],
      ['x-dns-prefetch-control', 'off'],
      ['x-frame-options', 'SAMEORIGIN'],
    ]
    expect(guards.map(([name = '']) => [name, headers.get(name)])).toEqual(guards)
  },
)
