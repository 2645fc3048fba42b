// The hooks of hooks.ts: extra claims, extra keys of a login's answer, computed fields. The example of
// docs/customising.md covers the rest: test/cli builds and runs it.

import { decodeJwt } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { useHooks } from '../src/hooks.ts'
import type { User } from '../src/schema.ts'
import { client } from './support/api.ts'
import { loggedIn, logIn, password, person } from './support/people.ts'

afterEach(() => useHooks({}))

test('extra claims are in access and refresh tokens, and are computed again at each refresh', async () => {
  useHooks({ claims: { name: (user) => `${user.first_name} ${user.last_name}` } })
  const { api, access, refresh } = await loggedIn()
  expect(decodeJwt(access).name).toBe('Ada Lovelace')
  expect(decodeJwt(refresh).name).toBe('Ada Lovelace')

  await api.patch('/auth/users/me/', { last_name: 'King' }, { token: access })
  const { body } = await api.post('/auth/jwt/refresh/', { refresh })
  expect(decodeJwt(body.access).name).toBe('Ada King')
})

test('a hook gets the whole user when a token is refreshed: times, flags and null values', async () => {
  const about = ({ dateJoined, isStaff, username, status, role }: User) => ({
    joined: dateJoined.getTime(),
    isStaff,
    username,
    status,
    role,
  })
  useHooks({ claims: { about } })
  const { api, access, refresh } = await loggedIn({ ROTATE_REFRESH_TOKENS: true })
  const { body } = await api.post('/auth/jwt/refresh/', { refresh })
  for (const token of [body.access, body.refresh]) {
    expect(decodeJwt(token).about).toEqual(decodeJwt(access).about)
  }
  expect(decodeJwt(access).about).toMatchObject({ isStaff: false, username: null, role: 'user' })
})

test('extra claims are in sliding and drf-jwt tokens as well', async () => {
  useHooks({ claims: { plan: () => 'free' } })
  const { email } = await person()
  const api = client({ AUTH_TOKEN_CLASSES: 'SlidingToken', DRF_JWT: true })

  const sliding = await api.post('/api/token/sliding/', { email, password })
  expect(decodeJwt(sliding.body.token).plan).toBe('free')
  useHooks({ claims: { plan: () => 'paid' } })
  const slid = await api.post('/api/token/sliding/refresh/', { token: sliding.body.token })
  expect(decodeJwt(slid.body.token).plan).toBe('paid')

  const drfJwt = await api.post('/api-token-auth/', { email, password })
  expect(decodeJwt(drfJwt.body.token).plan).toBe('paid')
})

test('a login answers extra keys after its tokens, which may use the lifetime of the token', async () => {
  useHooks({
    loginResponse: {
      user: ({ user }) => ({ id: user.id, email: user.email }),
      expires_in: ({ expiresIn }) => expiresIn ?? null,
    },
  })
  const { email, id } = await person()
  const user = { id, email }
  const api = client({ ACCESS_TOKEN_LIFETIME: '8h', SLIDING_TOKEN_LIFETIME: 60 })

  const pair = await logIn(api, { email })
  expect(Object.keys(pair.body)).toEqual(['refresh', 'access', 'user', 'expires_in'])
  expect(pair.body).toMatchObject({ user, expires_in: 8 * 60 * 60 })
  const sliding = await api.post('/api/token/sliding/', { email, password })
  expect(sliding.body).toMatchObject({ user, expires_in: 60 })
  const key = await api.post('/auth/token/login/', { email, password })
  expect(key.body).toMatchObject({ user, expires_in: null })
  const own = await api.post('/api-token-auth/', { username: email, password })
  expect(own.body).toEqual({ token: key.body.auth_token, user, expires_in: null })
  const drfJwt = await client({ DRF_JWT: true }).post('/api-token-auth/', { email, password })
  expect(drfJwt.body).toMatchObject({ user, expires_in: 300 })
  const refused = await logIn(api, { email, password: 'another one' })
  expect(Object.keys(refused.body)).toEqual(['detail'])
})

test('a computed field comes last in answers, and requests cannot write it', async () => {
  const initials = (user: User) => `${user.first_name.charAt(0)}${user.last_name.charAt(0)}`
  useHooks({ extraUserFields: { initials } })
  const { api, access } = await loggedIn()
  const { body } = await api.patch('/auth/users/me/', { initials: 'XX' }, { token: access })
  expect(Object.entries(body).at(-1)).toEqual(['initials', 'AL'])
})
