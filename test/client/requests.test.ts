// What the client sends, and what it makes of answers. It runs in a Worker, and its `fetch` is recorded.

import { expect, test } from 'vitest'
import { type ClientOptions, createClient, GatehouseError } from '../../src/client/index.ts'

const url = 'https://auth.test'
const access = 'an access token'

/** A client with a session, and the requests that it sends. The first answers come from the list; all others are `{}`. */
async function newClient(options: Partial<ClientOptions> = {}, answers: Response[] = []) {
  const sent: { url: string; authorization: string | null; body: string }[] = []
  const auth = createClient({
    url,
    async fetch(input, init) {
      const request = new Request(input, init)
      const authorization = request.headers.get('authorization')
      sent.push({ url: request.url, authorization, body: await request.text() })
      return answers.shift() ?? Response.json({})
    },
    ...options,
  })
  await auth.setSession({ access, refresh: 'a refresh token' })
  return { auth, sent }
}

const expired = () => Response.json({ detail: 'Token is expired' }, { status: 401 })
const renewed = () => Response.json({ access: 'the next' })

test.each([
  ['/auth/users/me/', 'https://auth.test/auth/users/me/'],
  ['https://auth.test', 'https://auth.test/'],
  ['https://auth.test?page=2', 'https://auth.test/?page=2'],
  ['https://books.test/api/', 'https://books.test/api/'],
  ['//evil.test/', 'https://auth.test//evil.test/'],
])('fetch(%s) sends the token', async (input, target) => {
  const { auth, sent } = await newClient({ origins: ['https://books.test'] })
  await auth.fetch(input)
  await auth.fetch(new Request(target))
  await auth.fetch(new URL(target))
  const expected = { url: target, authorization: `Bearer ${access}`, body: '' }
  expect(sent).toEqual([expected, expected, expected])
})

test.each([
  'https://auth.test.evil.test/',
  'https://auth.test@evil.test/',
  'https://auth.test:pass@evil.test/',
  'https://auth.test:8443/',
  'http://auth.test/',
  'https://evil.test/?https://auth.test/',
  'https://evil.test\\@auth.test/',
  'https://other.test/',
])('fetch(%s) sends no token', async (input) => {
  const { auth, sent } = await newClient({ origins: ['https://books.test'] })
  await auth.fetch(input)
  await auth.fetch(new URL(input))
  expect(sent.map(({ authorization }) => authorization)).toEqual([null, null])
})

test('fetch() leaves an Authorization of the caller as it is, and does not refresh', async () => {
  const { auth, sent } = await newClient({}, [expired()])
  const answer = await auth.fetch('/api/', { headers: { Authorization: 'Token abc' } })
  expect(answer.status).toBe(401)
  expect(sent).toMatchObject([{ authorization: 'Token abc' }])
})

test('the scheme is the one that the deployment accepts', async () => {
  const { auth, sent } = await newClient({ authHeaderType: 'JWT' })
  await auth.me()
  expect(sent[0]?.authorization).toBe(`JWT ${access}`)
})

test('after a 401 a Request is sent again, with its body and its headers', async () => {
  const { auth, sent } = await newClient({}, [expired(), renewed()])
  const headers = { 'content-type': 'text/csv' }
  await auth.fetch(new Request(`${url}/books/`, { method: 'POST', body: 'a;b', headers }))
  expect(sent).toMatchObject([
    { url: `${url}/books/`, authorization: `Bearer ${access}`, body: 'a;b' },
    { url: `${url}/auth/jwt/refresh/`, authorization: null },
    { url: `${url}/books/`, authorization: 'Bearer the next', body: 'a;b' },
  ])
})

test('without rotation the refresh token stays, and the logout sends it', async () => {
  const { auth, sent } = await newClient({}, [renewed()])
  expect((await auth.refresh()).error).toBeUndefined()
  await auth.logout()
  expect(sent).toMatchObject([
    { url: `${url}/auth/jwt/refresh/`, body: '{"refresh":"a refresh token"}' },
    { url: `${url}/auth/jwt/logout/`, body: '{"refresh":"a refresh token"}' },
  ])
})

test('an access token without a refresh token is used until the server rejects it', async () => {
  const { auth, sent } = await newClient({}, [
    Response.json({}),
    expired(),
    Response.json({ refresh: ['This field is required.'] }, { status: 400 }),
  ])
  const now = Date.now() / 1000
  const payload = btoa(JSON.stringify({ user_id: 7, iat: now - 1, exp: now - 1 }))
  await auth.setSession({ access: `e30.${payload}.` })
  await auth.me()
  expect(auth.session()).toEqual({ claims: { user_id: 7 } })
  expect(sent).toHaveLength(1)
  await auth.me()
  expect(auth.session()).toBeUndefined()
})

test('a stream can be sent once, so its 401 is the answer', async () => {
  const { auth, sent } = await newClient({}, [expired()])
  const { body } = new Response('a;b')
  expect((await auth.fetch('/books/', { method: 'POST', body })).status).toBe(401)
  expect(sent).toHaveLength(1)
})

test('the URL has the prefix, the encoded parameters of the path, and the query', async () => {
  const { auth, sent } = await newClient({ url: 'https://auth.test/api/v1/' })
  const path = { id: 'a/b' }
  await auth.DELETE('/auth/sessions/{id}/', { params: { path } })
  await auth.fetch('/books/')
  expect(sent.map((request) => request.url)).toEqual([
    'https://auth.test/api/v1/auth/sessions/a%2Fb/',
    'https://auth.test/api/v1/books/',
  ])
})

test('with another login path the refresh has its neighbour', async () => {
  const { auth, sent } = await newClient({ loginPath: '/api/token/' }, [expired(), renewed()])
  await auth.me()
  expect(sent[1]?.url).toBe('https://auth.test/api/token/refresh/')
})

test('errors by field, and of the body as a whole', async () => {
  const errors = { email: ['Taken.'], tags: { 0: ['Blank.'] }, '*': ['Passwords differ.'] }
  const answer = Response.json(errors, { status: 400 })
  const { auth } = await newClient({ nonFieldErrorsKey: '*' }, [answer])
  const person = { email: 'a@b.test', password: 'x', first_name: 'A', last_name: 'B' }
  const { error } = await auth.signUp(person)
  expect(error).toBeInstanceOf(GatehouseError)
  expect(error).toMatchObject({
    ...{ status: 400, message: 'Passwords differ.', nonFieldErrors: ['Passwords differ.'] },
    ...{ fields: { email: ['Taken.'], tags: ['Blank.'] }, detail: undefined, body: errors },
  })
})

test('a list of sentences, as Djoser answers for an unknown address', async () => {
  const sentence = 'User with given email does not exist.'
  const { auth } = await newClient({}, [Response.json([sentence], { status: 400 })])
  const body = { email: 'a@b.test' }
  const { error } = await auth.POST('/auth/users/reset_password/', { body })
  expect(error).toMatchObject({ message: sentence, nonFieldErrors: [sentence], fields: {} })
})

test('a sentence with a code, and the seconds to wait', async () => {
  const headers = { 'retry-after': '7' }
  const body = { detail: 'Not now.', code: 'busy', messages: [] }
  const { auth } = await newClient({}, [Response.json(body, { status: 503, headers })])
  const { error, response } = await auth.me()
  expect(error).toMatchObject({ detail: 'Not now.', code: 'busy', retryAfter: 7, fields: {} })
  expect(response?.status).toBe(503)
})

test('an answer that is no JSON has its status as the message', async () => {
  const { auth } = await newClient({}, [new Response('<h1>Bad gateway</h1>', { status: 502 })])
  const { error } = await auth.me()
  expect(error).toMatchObject({ status: 502, message: 'HTTP 502', body: '<h1>Bad gateway</h1>' })
})

test.each(['local', 'cookies'] as const)(
  'on a server, storage: %s keeps nothing',
  async (storage) => {
    const auth = createClient({ url, storage, fetch: async () => renewed() })
    expect(auth.session()).toBeUndefined()
    await expect(auth.setSession({ access })).rejects.toThrow('requires a browser')
    expect(auth.session()).toBeUndefined()
  },
)

test.each(['localhost:8787', 'http:/localhost:8787', 'htp://localhost:8787', undefined])(
  'createClient refuses the url %s',
  (wrong) => {
    expect(() => createClient({ url: wrong as string })).toThrow('url must begin with https://')
  },
)

test('createClient refuses an unknown name of a storage', () => {
  const storage = 'cookie' as 'cookies'
  expect(() => createClient({ url, storage })).toThrow("storage must be 'memory'")
})
