// No request may cause a 5xx: each endpoint gets every kind of bad value in each of its fields, and bad bodies.
// Ids, paths, methods and headers: bad-requests.test.ts. Tokens: guards/bad-tokens.test.ts.

import { describe, expect, test } from 'vitest'
import { appWith } from '../../src/app.ts'
import { client } from '../support/api.ts'
import { anything, badBodies } from '../support/bad-bodies.ts'
import {
  bodiless,
  common,
  endpoints,
  pages,
  type Someone,
  signUp,
  someone,
} from '../support/valid-bodies.ts'

const blank = 'This field may not be blank.'
const notAString = 'Not a valid string.'
const nested = JSON.parse(`${'{"a":['.repeat(400)}${']}'.repeat(400)}`)
const badTexts: [kind: string, value: unknown, ...errors: string[]][] = [
  ['null', null, 'This field may not be null.'],
  ['true', true, notAString],
  ['false', false, notAString],
  ['an array', ['text'], notAString],
  ['an object', { toString: 'text', length: 3 }, notAString],
  ['deep nesting', nested, notAString],
  ['an empty text', '', blank],
  ['white space', ' \t\n\x1c\u2003', blank],
  ['NUL', 'a\0b', 'Null characters are not allowed.'],
  ['a lone surrogate', 'a\ud83eb', 'Surrogate characters are not allowed: U+D83E.'],
]
const oddValues = [45, -0, 1.5, 1e308, 2 ** 53, 'x'.repeat(1_000_000), '\ufeff', '\u202e💥', '%00']

const json = { 'content-type': 'application/json' }
const call = (me: Someone, path: string, more: object) =>
  ({ path: path.replace(':id', String(me.id)), call: { token: me.access, ...more } }) as const

test('every endpoint that takes a body is in the table', () => {
  const listed = [...endpoints, ...pages].map(([method, path]) => `${method} ${path}`)
  const routed = appWith()
    .routes.filter(({ method }) => !['ALL', 'GET'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !bodiless.includes(route))
  expect([...new Set(routed)].sort()).toEqual([...new Set(listed)].sort())
})

/** /register/ wraps its errors in an envelope. */
const errorBody = (path: string, errors: object) =>
  path === '/register/' && errors !== anything && !('detail' in errors)
    ? { status: 403, errors, message: 'something went wrong' }
    : errors

/** An email field has its own error; a login name may be any text. */
function fieldErrors(field: string, path: string, errors: string[]): unknown[] {
  if (field === 'user')
    return [expect.stringMatching(/null\.$|^Incorrect type\. Expected pk value/)]
  if (/reset_(email|username)_confirm/.test(path)) {
    if (field === 'uid') return ["Invalid user id or user doesn't exist."]
    if (field === 'token') return ['Invalid token for given user.']
  }
  if (field === 'new_username' && errors.some((error) => error.includes('characters'))) {
    return [expect.stringMatching(/^Enter a valid username\./), ...errors]
  }
  if (!/^(new_)?email$/.test(field) || /jwt|token/.test(path)) return errors
  const address = 'Enter a valid email address.'
  if (errors.includes(notAString)) return [address]
  return errors.some((error) => error.includes('characters')) ? [...errors, address] : errors
}

/** DRF's authtoken does not trim the password. */
const keepsWhiteSpace = (path: string, field: string, more: object) =>
  path === '/api-token-auth/' && field === 'password' && !('DRF_JWT' in more)

describe.each(endpoints)('%s %s', (method, path, valid, more = {}) => {
  const vars = { ...common, ...more }

  test('rejects a value that is no text with REST framework’s error, for each field', async () => {
    const me = await someone(more)
    for (const field of Object.keys(valid(me))) {
      for (const [kind, value, ...errors] of badTexts) {
        if (kind === 'white space' && keepsWhiteSpace(path, field, more)) continue
        const sent = call(me, path, { json: { ...valid(me), [field]: value } })
        const answer = await client(vars).send(method, sent.path, sent.call)
        const expected = { [field]: fieldErrors(field, path, errors) }
        expect(answer.body, `${field}: ${kind}`).toEqual(errorBody(path, expected))
        expect(answer.status, `${field}: ${kind}`).toBe(400)
      }
    }
  })

  test('answers odd texts and numbers without a server error', async () => {
    const me = await someone(more)
    for (const field of Object.keys(valid(me))) {
      for (const value of oddValues) {
        const sent = call(me, path, { json: { ...valid(me), [field]: value } })
        const { status } = await client(vars).send(method, sent.path, sent.call)
        expect(status, `${field}: ${String(value).slice(0, 20)}`).toBeLessThan(500)
      }
    }
  })

  test('rejects a body that is no object with REST framework’s error', async () => {
    const me = await someone(more)
    for (const [kind, body, status, expected, type = 'application/json'] of badBodies) {
      const sent = call(me, path, { body, headers: { 'content-type': type } })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, kind).toEqual(errorBody(path, expected))
      expect(answer.status, kind).toBe(status)
    }
  })

  test('rejects a file in place of a text', async () => {
    const me = await someone(more)
    for (const field of Object.keys(valid(me))) {
      const body = new FormData()
      for (const [name, value] of Object.entries(valid(me))) body.set(name, String(value))
      body.set(field, new File(['text'], 'text.txt'))
      const sent = call(me, path, { body })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, field).toEqual(
        errorBody(path, { [field]: fieldErrors(field, path, [notAString]) }),
      )
    }
  })

  test('rejects a body over the limit', async () => {
    const me = await someone(more)
    const small = { ...vars, ...more, DATA_UPLOAD_MAX_MEMORY_SIZE: '1024' }
    const sent = call(me, path, { body: '{}'.padEnd(1025), headers: json })
    const answer = await client(small).send(method, sent.path, sent.call)
    expect(answer.body).toEqual({ detail: 'Request body exceeded DATA_UPLOAD_MAX_MEMORY_SIZE.' })
    expect(answer.status).toBe(413)
  })
})

describe.each(pages)('%s %s', (method, path, valid) => {
  test('says that the link does not work, whatever the fields hold', async () => {
    const me = await someone()
    for (const field of Object.keys(valid(me))) {
      for (const value of [...oddValues.map(String), '\0', 'ab\0cdefghij', 'é'.repeat(5000)]) {
        const form = { ...(valid(me) as Record<string, string>), [field]: value }
        const answer = await client(common).send(method, path, { form })
        expect(answer.status, `${field}: ${value.slice(0, 20)}`).toBe(400)
        expect(answer.headers.get('content-type')).toContain('text/html')
      }
    }
  })

  test('says that the link does not work if the body is malformed', async () => {
    for (const [kind, body, , , type = 'application/x-www-form-urlencoded'] of badBodies) {
      const headers = { 'content-type': type }
      const answer = await client(common).send(method, path, { body, headers })
      expect(answer.status, kind).toBe(400)
    }
  })
})

describe('POST /auth/users/', () => {
  test('rejects a role that is not in SIGNUP_ROLES', async () => {
    const strangers = [true, 5, 1e308, ['user'], { a: 1 }, '', 'staff', '\0', 'a\ud83eb', nested]
    for (const role of strangers) {
      const answer = await client(common).post('/auth/users/', { ...signUp(), role })
      expect(answer.body).toEqual({
        role: [expect.stringMatching(/^".*" is not a valid choice\.$/s)],
      })
      expect(answer.status).toBe(400)
    }
    const { body } = await client(common).post('/auth/users/', { ...signUp(), role: null })
    expect(body).toEqual({ role: ['This field may not be null.'] })
  })
})
