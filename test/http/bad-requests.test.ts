// No request may cause a 5xx: invalid ids and uids, unknown paths, unusual methods, any header, endless passwords.
// Bad values and bodies: bad-input.test.ts.

import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { appWith } from '../../src/app.ts'
import { client } from '../support/api.ts'
import { logIn, newEmail, password } from '../support/people.ts'

const vars = {
  THROTTLE_ENABLED: 'false',
  SEND_ACTIVATION_EMAIL: 'false',
  DATA_UPLOAD_MAX_MEMORY_SIZE: 1_048_576,
}
const names = { first_name: 'Bad', last_name: 'Request' }
const paths = [...new Set(appWith().routes.map(({ path }) => path.replace(':id', '1')))].filter(
  (path) => !path.includes('*'),
)

/** A user that has just logged in. Only staff see other users, so only their requests look up an id. */
async function loggedInUser(isStaff = false) {
  const email = newEmail()
  const person = { email, password, ...names }
  await client(vars).post('/auth/users/', person)
  await env.DB.prepare('update users set is_staff = ? where email = ?').bind(isStaff, email).run()
  const { body } = await logIn(client(vars), { email })
  return { email, token: body.access as string, id: decodeJwt(body.access).user_id }
}

// biome-ignore format: short values, several in a line
const invalidIds = [
  '0', '-1', '+1', '1.5', '1e3', '0x10', 'abc', 'null', 'NaN', 'true', '1,2', '1;drop', '*',
  '9007199254740993', '99999999999999999999', '9'.repeat(5000), '%00', '%EF%BB%BF1', '1%00',
  '%D9%A3', '%F0%9D%9F%8F', '%C2%B2', '%', '%ff', '%C3', '%2F', '..%2F1', '%5C', '%20', '1%20',
  '%E2%80%AE', '__proto__', 'constructor', `${'x'.repeat(8000)}`, '%'.repeat(500),
]

describe.each(['GET', 'PUT', 'PATCH', 'DELETE'])('%s /auth/users/:id/', (method) => {
  test('answers 404 for an invalid id', async () => {
    const { token } = await loggedInUser(true)
    const body = { first_name: 'New', last_name: 'Name', current_password: password }
    const json = method === 'GET' ? undefined : body
    for (const id of invalidIds) {
      const answer = await client(vars).send(method, `/auth/users/${id}/`, { token, json })
      expect(answer.body, id).toEqual({ detail: 'Not found.' })
      expect(answer.status, id).toBe(404)
    }
  })
})

describe.each([
  ['/auth/users/activation/', {}],
  ['/auth/users/reset_password_confirm/', { new_password: 'a flock of geese' }],
])('POST %s', (path, more) => {
  const base64 = (text: string) => btoa(text).replace(/=+$/, '')
  // biome-ignore format: short values, several in a line
  const invalidUids = [
    '%', '=', '====', 'MQ======', 'é', '🦆', '../..', 'a b', 'M', '__proto__', 'x'.repeat(1e6),
    base64('0'), base64('-1'), base64('1e3'), base64('1.5'), base64('abc'), base64('\0'), base64('1\0'),
    base64('\xd9\xa3'), base64(' 1'), base64('0x1'), base64('9007199254740991'),
    base64('9007199254740993'), base64('99999999999999999999'),
  ]

  test('names an invalid uid as the error', async () => {
    for (const uid of invalidUids) {
      const token = 'cxx2xc-00000000000000000000000000000000'
      const answer = await client(vars).post(path, { uid, token, ...more })
      expect(answer.body, uid.slice(0, 40)).toEqual({
        uid: ["Invalid user id or user doesn't exist."],
      })
      expect(answer.status).toBe(400)
    }
  })

  const zeros = '0'.repeat(32)
  // biome-ignore format: short values, several in a line
  const invalidTokens = [
    'x', '-', `-${zeros}`, `zzzzzzzz-${zeros}`, `zzzzzzzzz-${zeros}`, `CXX2XC-${zeros}`,
    `cxx2xc-${zeros}0`, `cxx2xc-${zeros}\n0`, `cxx2xc\u0660-${zeros}`, `${'z'.repeat(1e6)}-${zeros}`,
    'é', '🦆', '../../..', '__proto__', `0-${zeros}`, `-1-${zeros}`, `1.5-${zeros}`,
  ]

  test('names an invalid token as the error', async () => {
    const { id } = await loggedInUser()
    for (const token of invalidTokens) {
      const answer = await client(vars).post(path, { uid: base64(String(id)), token, ...more })
      expect(answer.body, token.slice(0, 40)).toEqual({ token: ['Invalid token for given user.'] })
      expect(answer.status).toBe(400)
    }
  })
})

describe.each(paths)('%s', (path) => {
  test('rejects an unusual method', async () => {
    const { token } = await loggedInUser()
    const methods = ['TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'REPORT', 'SEARCH', 'MKCOL', 'LOCK']
    for (const method of methods) {
      const answer = await client(vars).send(method, path, { token })
      const refused = { detail: `Method "${method}" not allowed.` }
      const known = answer.headers.has('allow')
      expect(answer.body, method).toEqual(known ? refused : { detail: 'Not found.' })
      expect(answer.status, method).toBe(known ? 405 : 404)
    }
  })

  test('answers extra and encoded slashes without a server error', async () => {
    const { token } = await loggedInUser()
    const bare = path.replace(/\/$/, '')
    const odd = [`/${path}`, `${path}/`, `${path}%2F`, `${path}%2e%2e/`, path.replaceAll('/', '//')]
    const more = [
      bare.replaceAll('/', '%2F'),
      `${bare}\\`,
      `${bare};a=1`,
      `${bare}.json`,
      `${bare}%00`,
    ]
    for (const each of [
      ...odd,
      ...more,
      `${path}${'a/'.repeat(4000)}`,
      `${path}?${'&a=%'.repeat(4000)}`,
    ]) {
      for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
        const { status } = await client(vars).send(
          method,
          each.startsWith('/') ? each : `/${each}`,
          { token },
        )
        expect(status, `${method} ${each.slice(0, 60)}`).toBeLessThan(500)
      }
    }
  })
})

// biome-ignore format: short values, several in a line
const headers = [
  'authorization', 'accept', 'accept-language', 'content-type', 'content-length', 'cookie',
  'origin', 'access-control-request-method', 'access-control-request-headers', 'range',
  'user-agent', 'x-request-id', 'if-none-match', 'cf-connecting-ip', 'cf-ipcountry', 'cf-ray',
]
test.each(headers)('the header %s may hold anything', async (name) => {
  const odd = ['', ' ', ',', ';', '\x01', '::::::::::', '-1', 'NaN', '__proto__', '"', '%00']
  const huge = ['x'.repeat(60_000), 'a,'.repeat(30_000), 'Bearer '.repeat(9000), ':'.repeat(60_000)]
  for (const path of ['/', '/auth/users/', '/auth/jwt/create/', '/reset-password/']) {
    for (const value of [...odd, ...huge]) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const sent = { 'content-type': 'application/json', [name]: value }
        const body = method === 'POST' ? { body: '{}' } : {}
        const { status } = await client(vars).send(method, path, { headers: sent, ...body })
        expect(status, `${method} ${path} ${value.slice(0, 20)}`).toBeLessThan(500)
      }
    }
  }
})

describe('POST /auth/jwt/create/', () => {
  test('stores the first 500 characters of a long User-Agent', async () => {
    const { email, id } = await loggedInUser()
    const headers = { 'user-agent': 'x'.repeat(60_000) }
    const answer = await logIn(client(vars), { email }, { headers })
    expect(answer.status).toBe(200)
    const sessions = await env.DB.prepare(
      'select length(user_agent) as length from sessions where user_id = ? order by 1 desc',
    )
    expect(await sessions.bind(id).first('length')).toBe(500)
  })
})

describe('GET /auth/users/me.json', () => {
  test('is the endpoint without .json; only Djoser’s routes have the suffix', async () => {
    const { token, email, id } = await loggedInUser()
    const me = await client(vars).get('/auth/users/me.json', { token })
    expect(me.body.email).toBe(email)
    const one = await client(vars).get(`/auth/users/${id}.json`, { token })
    expect(one.body).toEqual(me.body)
    expect((await client(vars).get('/auth/users.json', { token })).body).toEqual([me.body])
    expect((await client(vars).get('/auth/users/me.xml', { token })).status).toBe(404)
    expect((await client(vars).post('/api/token.json', {})).status).toBe(404)
  })
})

describe('a password of 10,000 characters is rejected', () => {
  const endless = 'x'.repeat(10_000)
  const tooLong = 'Ensure this field has no more than 4096 characters.'

  test.each(['/auth/users/', '/auth/jwt/create/'])(
    'POST %s rejects it before it costs a hash',
    async (path) => {
      const salts = vi.spyOn(crypto, 'getRandomValues')
      const person = { ...names, email: newEmail(), password: endless }
      // A login on a hint draws the id of its session first.
      const api = client({ ...vars, D1_READ_REPLICATION: false })
      const answer = await api.post(path, person)
      expect(answer.body).toEqual({ password: [tooLong] })
      expect(salts).not.toHaveBeenCalled()

      await api.post(path, { ...person, password: `${'x'.repeat(4095)}y` })
      expect(salts).toHaveBeenCalled()
      salts.mockRestore()
    },
  )

  test.each([
    ['POST', '/auth/users/set_password/', 'new_password'],
    ['POST', '/auth/users/set_password/', 'current_password'],
    ['POST', '/auth/users/reset_password_confirm/', 'new_password'],
    ['DELETE', '/auth/users/me/', 'current_password'],
  ])('%s %s rejects it as %s', async (method, path, field) => {
    const { token } = await loggedInUser()
    const valid = { current_password: password, new_password: 'a flock of geese', uid: 'MQ', token }
    const json = { ...valid, [field]: endless }
    const answer = await client(vars).send(method, path, { json, token })
    expect(answer.body).toEqual({ [field]: [tooLong] })
  })
})
