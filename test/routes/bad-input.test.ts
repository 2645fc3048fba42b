// Nothing that a client can send may give a 5xx: here each endpoint meets each kind of bad value in each
// of its fields, and in the body around them.

import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { app } from '../../src/app.ts'
import { client } from '../api.ts'
import { newEmail, password } from '../people.ts'

const vars = {
  THROTTLE_ENABLED: 'false',
  SIGNUP_ROLES: 'user,guest',
  USER_CREATE_PASSWORD_RETYPE: 'true',
  SET_PASSWORD_RETYPE: 'true',
  PASSWORD_RESET_CONFIRM_RETYPE: 'true',
}
const open = { ...vars, SEND_ACTIVATION_EMAIL: 'false' }

/** Someone who has just logged in. */
async function someone() {
  const email = newEmail()
  await client(open).post('/auth/users/', { ...signUp(), email })
  const { body } = await client(open).post('/auth/jwt/create/', { email, password })
  const id = decodeJwt(body.access).user_id
  const uid = btoa(String(id)).replace(/=+$/, '')
  return { id, uid, email, access: body.access, refresh: body.refresh }
}
type Someone = Awaited<ReturnType<typeof someone>>

// A body for each endpoint in which all is well but what the test puts there.
const names = () => ({ first_name: 'Bad', last_name: 'Input' })
const current = () => ({ current_password: password })
const address = () => ({ email: newEmail() })
const logIn = ({ email }: Someone) => ({ email, password })
const refresh = (me: Someone) => ({ refresh: me.refresh })
const token = (me: Someone) => ({ token: me.refresh })
const link = ({ uid }: Someone) => ({ uid, token: 'cxx2xc-00000000000000000000000000000000' })
const changed = { new_password: 'a flock of geese', re_new_password: 'a flock of geese' }

type Endpoint = [method: string, path: string, sound: (me: Someone) => Record<string, unknown>]
const signUp = () => ({ ...names(), ...address(), password, re_password: password })
const endpoints: Endpoint[] = [
  ['POST', '/auth/users/', signUp],
  ['PUT', '/auth/users/me/', names],
  ['PATCH', '/auth/users/me/', names],
  ['DELETE', '/auth/users/me/', current],
  ['PUT', '/auth/users/:id/', names],
  ['PATCH', '/auth/users/:id/', names],
  ['DELETE', '/auth/users/:id/', current],
  ['POST', '/auth/users/activation/', link],
  ['POST', '/auth/users/resend_activation/', address],
  ['POST', '/auth/users/set_password/', () => ({ ...current(), ...changed })],
  ['POST', '/auth/users/reset_password/', address],
  ['POST', '/auth/users/reset_password_confirm/', (me) => ({ ...link(me), ...changed })],
  ['POST', '/auth/jwt/create/', logIn],
  ['POST', '/api/token/', logIn],
  ['POST', '/auth/jwt/refresh/', refresh],
  ['POST', '/api/token/refresh/', refresh],
  ['POST', '/auth/jwt/verify/', token],
  ['POST', '/api/token/verify/', token],
  ['POST', '/api/token/blacklist/', refresh],
  ['POST', '/api/token/sliding/', logIn],
  ['POST', '/api/token/sliding/refresh/', token],
]
const pages: Endpoint[] = [
  ['POST', '/activate/', link],
  ['POST', '/reset-password/', (me) => ({ ...link(me), ...changed })],
]

const blank = 'This field may not be blank.'
const noText = 'Not a valid string.'
const nested = JSON.parse(`${'{"a":['.repeat(400)}${']}'.repeat(400)}`)
const badTexts: [kind: string, value: unknown, ...complaints: string[]][] = [
  ['null', null, 'This field may not be null.'],
  ['true', true, noText],
  ['false', false, noText],
  ['an array', ['text'], noText],
  ['an object', { toString: 'text', length: 3 }, noText],
  ['deep nesting', nested, noText],
  ['an empty text', '', blank],
  ['white space', ' \t\n\x1c\u2003', blank],
  ['NUL', 'a\0b', 'Null characters are not allowed.'],
  ['a lone surrogate', 'a\ud83eb', 'Surrogate characters are not allowed: U+D83E.'],
]
const oddities = [45, -0, 1.5, 1e308, 2 ** 53, 'x'.repeat(1_000_000), '\ufeff', '\u202e💥', '%00']

const json = { 'content-type': 'application/json' }
const bytes = (...values: number[]) => new Uint8Array(values)
const noDictionary = (type: string) => ({
  non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`],
})
const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
const noJson = { detail: expect.stringMatching(/^JSON parse error - /) }
const noForm = { detail: expect.stringMatching(/^Multipart form parse error - /) }
const noType = (type: string) => ({ detail: `Unsupported media type "${type}" in request.` })
const multipart = 'multipart/form-data; boundary=x'
const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
const badBodies: [string, BodyInit, number, unknown, type?: string][] = [
  ['a list', '[1]', 400, noDictionary('list')],
  ['a text', '"text"', 400, noDictionary('str')],
  ['a whole number', '7', 400, noDictionary('int')],
  ['a long number', '9'.repeat(40), 400, noDictionary('int')],
  ['a number', '1.5', 400, noDictionary('float')],
  ['a boolean', 'true', 400, noDictionary('bool')],
  ['null', 'null', 400, { non_field_errors: ['No data provided'] }],
  ['broken JSON', '{"email":', 400, noJson],
  ['white space alone', ' ', 400, noJson],
  ['NaN', '{"email":NaN}', 400, noJson],
  ['JSON that nests without end', '['.repeat(200_000), 400, noJson],
  ['JSON that nests very deep', deep, 400, expect.anything()],
  ['a BOM', bytes(0xef, 0xbb, 0xbf, 0x7b, 0x7d), 400, noJson],
  ['invalid UTF-8', bytes(0x22, 0xff, 0xfe, 0x22), 400, noJson],
  ['UTF-16', bytes(0x7b, 0, 0x7d, 0), 400, noJson],
  ['text/plain', '{}', 415, noType('text/plain'), 'text/plain'],
  ['XML', '<a/>', 415, noType('application/xml; q="1'), 'application/xml; q="1'],
  ['no type', '{}', 415, noType(''), ''],
  ['multipart without a boundary', part, 400, noForm, 'multipart/form-data'],
  ['multipart that is none', 'email=a', 400, noForm, multipart],
  ['multipart that ends midway', part, 400, noForm, multipart],
]

const call = (me: Someone, path: string, more: object) =>
  ({ path: path.replace(':id', String(me.id)), call: { token: me.access, ...more } }) as const

test('every endpoint that takes a body stands in the table', () => {
  const listed = [...endpoints, ...pages].map(([method, path]) => `${method} ${path}`)
  const routed = app.routes
    .filter(({ method }) => !['ALL', 'GET'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
  expect([...new Set(routed)].sort()).toEqual(listed.sort())
})

/** An e-mail field has a sentence of its own; a log-in name is any text. */
function inWordsOf(field: string, path: string, complaints: string[]): string[] {
  if (field !== 'email' || /jwt|token/.test(path)) return complaints
  const address = 'Enter a valid email address.'
  if (complaints.includes(noText)) return [address]
  return complaints.some((said) => said.includes('characters'))
    ? [...complaints, address]
    : complaints
}

describe.each(endpoints)('%s %s', (method, path, sound) => {
  test('what is no text is refused in the words of REST framework, field by field', async () => {
    const me = await someone()
    for (const field of Object.keys(sound(me))) {
      for (const [kind, value, ...complaints] of badTexts) {
        const sent = call(me, path, { json: { ...sound(me), [field]: value } })
        const answer = await client(vars).send(method, sent.path, sent.call)
        const expected = { [field]: inWordsOf(field, path, complaints) }
        expect(answer.body, `${field}: ${kind}`).toEqual(expected)
        expect(answer.status, `${field}: ${kind}`).toBe(400)
      }
    }
  })

  test('odd texts, numbers among them, are no error of ours', async () => {
    const me = await someone()
    for (const field of Object.keys(sound(me))) {
      for (const value of oddities) {
        const sent = call(me, path, { json: { ...sound(me), [field]: value } })
        const { status } = await client(vars).send(method, sent.path, sent.call)
        expect(status, `${field}: ${String(value).slice(0, 20)}`).toBeLessThan(500)
      }
    }
  })

  test('a body that is none is refused in the words of REST framework', async () => {
    const me = await someone()
    for (const [kind, body, status, expected, type = 'application/json'] of badBodies) {
      const sent = call(me, path, { body, headers: { 'content-type': type } })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, kind).toEqual(expected)
      expect(answer.status, kind).toBe(status)
    }
  })

  test('a file in place of a text is not a text', async () => {
    const me = await someone()
    for (const field of Object.keys(sound(me))) {
      const body = new FormData()
      for (const [name, value] of Object.entries(sound(me))) body.set(name, String(value))
      body.set(field, new File(['text'], 'text.txt'))
      const sent = call(me, path, { body })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, field).toEqual({ [field]: inWordsOf(field, path, [noText]) })
    }
  })

  test('a body over the limit is refused', async () => {
    const me = await someone()
    const small = { ...vars, DATA_UPLOAD_MAX_MEMORY_SIZE: '1024' }
    const sent = call(me, path, { body: '{}'.padEnd(1025), headers: json })
    const answer = await client(small).send(method, sent.path, sent.call)
    expect(answer.body).toEqual({ detail: 'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.' })
    expect(answer.status).toBe(413)
  })
})

describe.each(pages)('%s %s', (method, path, sound) => {
  test('each field may be anything, and the page says that the link does not work', async () => {
    const me = await someone()
    for (const field of Object.keys(sound(me))) {
      for (const value of [...oddities.map(String), '\0', 'ab\0cdefghij', 'é'.repeat(5000)]) {
        const form = { ...(sound(me) as Record<string, string>), [field]: value }
        const answer = await client(vars).send(method, path, { form })
        expect(answer.status, `${field}: ${value.slice(0, 20)}`).toBe(400)
        expect(answer.headers.get('content-type')).toContain('text/html')
      }
    }
  })

  test('a body that is none is a link that does not work', async () => {
    for (const [kind, body, , , type = 'application/x-www-form-urlencoded'] of badBodies) {
      const headers = { 'content-type': type }
      const answer = await client(vars).send(method, path, { body, headers })
      expect(answer.status, kind).toBe(400)
    }
  })
})

describe('POST /auth/users/', () => {
  test('a role that is not on the list is no valid choice', async () => {
    const strangers = [true, 5, 1e308, ['user'], { a: 1 }, '', 'staff', '\0', 'a\ud83eb', nested]
    for (const role of strangers) {
      const answer = await client(vars).post('/auth/users/', { ...signUp(), role })
      expect(answer.body).toEqual({
        role: [expect.stringMatching(/^".*" is not a valid choice\.$/s)],
      })
      expect(answer.status).toBe(400)
    }
    const { body } = await client(vars).post('/auth/users/', { ...signUp(), role: null })
    expect(body).toEqual({ role: ['This field may not be null.'] })
  })
})
