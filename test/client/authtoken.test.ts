// The client with authtoken keys, against this Worker.

import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { createTokenClient, type TokenClientOptions } from '../../src/client/authtoken.ts'
import worker from '../../src/worker.ts'
import { password, person } from '../support/people.ts'

/** A client, and the paths that it asks for. Other origins answer 401. */
function newClient(options: Partial<TokenClientOptions> = {}) {
  const asked: string[] = []
  const auth = createTokenClient({
    url: 'https://auth.test',
    async fetch(input, init) {
      const request = new Request(input, init)
      const { origin, pathname } = new URL(request.url)
      asked.push(pathname)
      if (origin !== 'https://auth.test') return new Response('Not yours.', { status: 401 })
      return worker.fetch(request, env, createExecutionContext())
    },
    ...options,
  })
  return { auth, asked }
}

test.each(['/auth/token/login/', '/api-token-auth/'] as const)(
  'a login at %s, a request and a logout',
  async (loginPath) => {
    const { email } = await person()
    const { auth, asked } = newClient({ loginPath })
    const body = loginPath === '/api-token-auth/' ? { username: email } : { email }
    const { error } = await auth.login({ ...body, password } as Parameters<typeof auth.login>[0])
    expect(error).toBeUndefined()
    expect(auth.session()).toBeDefined()
    expect((await auth.me()).data?.email).toBe(email)
    expect((await auth.logout()).error).toBeUndefined()
    expect(auth.session()).toBeUndefined()
    expect(asked).toEqual([loginPath, '/auth/users/me/', '/auth/token/logout/'])
  },
)

test('the session ends when the key is revoked', async () => {
  const { email } = await person()
  const [{ auth }, other] = [newClient(), newClient()]
  for (const client of [auth, other.auth]) await client.login({ email, password })
  const { data } = await auth.accessToken()
  await other.auth.logout()
  expect(data).toMatch(/^[0-9a-f]{40}$/)
  expect((await auth.me()).error?.status).toBe(401)
  expect(auth.session()).toBeUndefined()
})

test('a 401 of another service ends no session whose key is valid', async () => {
  const { email } = await person()
  const { auth, asked } = newClient({ origins: ['https://books.test'] })
  await auth.login({ email, password })
  expect((await auth.fetch('https://books.test/books/')).status).toBe(401)
  expect(asked.slice(1)).toEqual(['/books/', '/auth/users/me/', '/books/'])
  expect((await auth.me()).data?.email).toBe(email)
})
