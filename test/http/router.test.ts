// The router: what each path and method reaches, at the first request and at every later one.

import { TrieRouter } from 'hono/router/trie-router'
import { beforeEach, describe, expect, test } from 'vitest'
import { appWith } from '../../src/app.ts'
import { type Api, client } from '../support/api.ts'
import { loggedIn } from '../support/people.ts'

const app = appWith()
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE']
const odd = ['/', '//', '/auth/', '/auth/users/7/', '/auth/users/me/unknown/', '/auth/users/:id/']

describe('the map of fixed paths', () => {
  const trie = new TrieRouter<unknown>()
  for (const { method, path, handler } of app.routes) trie.add(method, path, handler)
  const paths = [...new Set([...app.routes.map(({ path }) => path), ...odd])]

  test.each(methods)('%s reaches what the router of Hono finds, twice', (method) => {
    for (const path of [...paths, ...paths]) {
      const [found] = app.router.match(method, path)
      const handlers = found.map(([[handler], params]) => [handler, params])
      expect(handlers, path).toEqual(trie.match(method, path)[0])
    }
  })
})

test('only fixed paths are remembered, so that no client fills the memory', () => {
  const find = (path: string) => app.router.match('GET', path)
  const isRemembered = (path: string) => {
    const first = find(path)
    return find(path) === first
  }
  expect(isRemembered('/auth/users/me/')).toBe(true)
  expect(['/auth/users/7/', '/auth/users/:id/', '/unknown/'].filter(isRemembered)).toEqual([])
})

describe('a path', () => {
  let api: Api
  let token = ''
  let id = 0
  beforeEach(async () => {
    const person = await loggedIn()
    api = person.api
    token = person.access
    id = person.id
  })

  test('that is fixed comes before one with a parameter', async () => {
    const me = await api.get('/auth/users/me/', { token })
    const own = await api.get(`/auth/users/${id}/`, { token })
    const unknown = await api.get('/auth/users/you/', { token })
    expect([me.body.id, own.body.id, unknown.status]).toEqual([id, id, 404])
  })

  test('has a handler of its own for each method, whichever came first', async () => {
    const patched = await api.patch('/auth/users/me/', { first_name: 'Grace' }, { token })
    const shown = await api.get('/auth/users/me/', { token })
    const again = await api.patch('/auth/users/me/', { first_name: 'Ada' }, { token })
    expect([patched, shown, again].map(({ body }) => body.first_name)).toEqual([
      'Grace',
      'Grace',
      'Ada',
    ])
  })

  test('answers HEAD as GET, without the body', async () => {
    const shown = await api.get('/auth/users/me/', { token })
    const head = await api.send('HEAD', '/auth/users/me/', { token })
    expect([head.status, head.body]).toEqual([200, ''])
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(shown.headers))
  })

  test('answers OPTIONS, and refuses a method that it lacks', async () => {
    const options = await api.send('OPTIONS', '/auth/jwt/verify/')
    const refused = await api.send('PUT', '/auth/jwt/verify/')
    expect([options.status, options.body.name]).toEqual([200, 'Token Verify'])
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  test.each(['/auth/users/me', '/auth/users/me.json', '/auth/users/me/?format=json'])(
    'may be %s',
    async (path) => {
      expect((await api.get(path, { token })).body.id).toBe(id)
    },
  )

  test.each(['/auth/users/%6De/', '/auth/users/m%65', '/auth/users//me/', '/Auth/users/me/'])(
    'is not found as %s',
    async (path) => {
      expect((await api.get(path, { token })).status).toBe(404)
    },
  )

  test.each(['/auth/users/./me/', '/auth/x/../users/me', '/auth/%2e/users/me/'])(
    'is found as %s, without its segments of dots',
    async (path) => {
      expect((await api.get(path, { token })).body.id).toBe(id)
    },
  )

  test('with a dot is found without a parser of URLs', async () => {
    const { status, body } = await client().get('/.well-known/jwks.json')
    expect([status, body]).toEqual([200, { keys: [] }])
  })
})
