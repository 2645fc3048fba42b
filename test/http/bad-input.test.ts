// Nothing that a client can send may give a 5xx: here each endpoint meets each kind of bad value in each
// of its fields, and in the body around them.

import { describe, expect, test } from 'vitest'
import { app } from '../../src/app.ts'
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
const noText = 'Not a valid string.'
const nested = JSON.parse(`${'{"a":['.repeat(400)}${']}'.repeat(400)}`)
const badTexts: [kind: string, value: unknown, ...errors: string[]][] = [
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
const call = (me: Someone, path: string, more: object) =>
  ({ path: path.replace(':id', String(me.id)), call: { token: me.access, ...more } }) as const

test('every endpoint that takes a body stands in the table', () => {
  const listed = [...endpoints, ...pages].map(([method, path]) => `${method} ${path}`)
  const routed = app.routes
    .filter(({ method }) => !['ALL', 'GET'].includes(method))
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !bodiless.includes(route))
  expect([...new Set(routed)].sort()).toEqual([...new Set(listed)].sort())
})

/** Where sign-up logs in at once, complaints have an envelope. */
const said = (path: string, errors: object) =>
  path === '/register/' && errors !== anything && !('detail' in errors)
    ? { status: 403, errors: errors, message: 'something went wrong' }
    : errors

/** An e-mail field has a sentence of its own; a log-in name is any text. */
function inWordsOf(field: string, path: string, errors: string[]): unknown[] {
  if (field === 'user')
    return [expect.stringMatching(/null\.$|^Incorrect type\. Expected pk value/)]
  if (/reset_(email|username)_confirm/.test(path)) {
    if (field === 'uid') return ["Invalid user id or user doesn't exist."]
    if (field === 'token') return ['Invalid token for given user.']
  }
  if (field === 'new_username' && errors.some((said) => said.includes('characters'))) {
    return [expect.stringMatching(/^Enter a valid username\./), ...errors]
  }
  if (!/^(new_)?email$/.test(field) || /jwt|token/.test(path)) return errors
  const address = 'Enter a valid email address.'
  if (errors.includes(noText)) return [address]
  return errors.some((said) => said.includes('characters')) ? [...errors, address] : errors
}

/** DRF's authtoken takes a password as it is, white space and all. */
const isKept = (path: string, field: string, more: object) =>
  path === '/api-token-auth/' && field === 'password' && !('DRF_JWT' in more)

describe.each(endpoints)('%s %s', (method, path, sound, more = {}) => {
  const vars = { ...common, ...more }

  test('what is no text is refused in the words of REST framework, field by field', async () => {
    const me = await someone(more)
    for (const field of Object.keys(sound(me))) {
      for (const [kind, value, ...errors] of badTexts) {
        if (kind === 'white space' && isKept(path, field, more)) continue
        const sent = call(me, path, { json: { ...sound(me), [field]: value } })
        const answer = await client(vars).send(method, sent.path, sent.call)
        const expected = { [field]: inWordsOf(field, path, errors) }
        expect(answer.body, `${field}: ${kind}`).toEqual(said(path, expected))
        expect(answer.status, `${field}: ${kind}`).toBe(400)
      }
    }
  })

  test('odd texts, numbers among them, are no error of ours', async () => {
    const me = await someone(more)
    for (const field of Object.keys(sound(me))) {
      for (const value of oddities) {
        const sent = call(me, path, { json: { ...sound(me), [field]: value } })
        const { status } = await client(vars).send(method, sent.path, sent.call)
        expect(status, `${field}: ${String(value).slice(0, 20)}`).toBeLessThan(500)
      }
    }
  })

  test('a body that is none is refused in the words of REST framework', async () => {
    const me = await someone(more)
    for (const [kind, body, status, expected, type = 'application/json'] of badBodies) {
      const sent = call(me, path, { body, headers: { 'content-type': type } })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, kind).toEqual(said(path, expected))
      expect(answer.status, kind).toBe(status)
    }
  })

  test('a file in place of a text is not a text', async () => {
    const me = await someone(more)
    for (const field of Object.keys(sound(me))) {
      const body = new FormData()
      for (const [name, value] of Object.entries(sound(me))) body.set(name, String(value))
      body.set(field, new File(['text'], 'text.txt'))
      const sent = call(me, path, { body })
      const answer = await client(vars).send(method, sent.path, sent.call)
      expect(answer.body, field).toEqual(said(path, { [field]: inWordsOf(field, path, [noText]) }))
    }
  })

  test('a body over the limit is refused', async () => {
    const me = await someone(more)
    const small = { ...vars, ...more, DATA_UPLOAD_MAX_MEMORY_SIZE: '1024' }
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
        const answer = await client(common).send(method, path, { form })
        expect(answer.status, `${field}: ${value.slice(0, 20)}`).toBe(400)
        expect(answer.headers.get('content-type')).toContain('text/html')
      }
    }
  })

  test('a body that is none is a link that does not work', async () => {
    for (const [kind, body, , , type = 'application/x-www-form-urlencoded'] of badBodies) {
      const headers = { 'content-type': type }
      const answer = await client(common).send(method, path, { body, headers })
      expect(answer.status, kind).toBe(400)
    }
  })
})

describe('POST /auth/users/', () => {
  test('a role that is not on the list is no valid choice', async () => {
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
