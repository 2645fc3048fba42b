// The header Authorization, on guarded and on public routes. The answers are Simple JWT's.

import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, password } from '../support/people.ts'

const notAuthenticated = { detail: 'Authentication credentials were not provided.' }

describe('the header Authorization', () => {
  const twoValues = {
    detail: 'Authorization header must contain two space-delimited values',
    code: 'bad_authorization_header',
  }
  const [token_class, token_type] = ['AccessToken', 'access']
  const notValid = (message: string) => ({
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class, token_type, message }],
  })
  const badHeaders: [string, string, unknown][] = [
    ['a scheme alone', 'Bearer', twoValues],
    ['a scheme and a space', 'Bearer ', twoValues],
    ['three parts', 'Bearer a b', twoValues],
    ['the other scheme alone', 'JWT', twoValues],
    ['a token that is no JWT', 'Bearer nonsense', notValid('Token is invalid or expired')],
    [
      'the other scheme, with a token that is no JWT',
      'JWT x',
      notValid('Token is invalid or expired'),
    ],
  ]
  const withoutCredentials = [
    '',
    ' ',
    'nonsense',
    'bearer x',
    'BEARER x',
    'Basic YTpi',
    'Bearerx y',
  ]
  const publicPaths = [
    '/auth/users/',
    '/auth/users/activation/',
    '/auth/users/resend_activation/',
  ].concat(['/auth/users/reset_password/', '/auth/users/reset_password_confirm/'])

  test.each(badHeaders)(
    'that has %s is refused on guarded and on public routes',
    async (_kind, authorization, expected) => {
      const headers = { authorization }
      const guarded = await client().get('/auth/users/me/', { headers })
      const others = await Promise.all(
        publicPaths.map((path) => client().post(path, {}, { headers })),
      )
      for (const answer of [guarded, ...others, await client().get('/auth/', { headers })]) {
        expect(answer.body).toEqual(expected)
        expect(answer.status).toBe(401)
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"')
      }
    },
  )

  test.each(withoutCredentials)(
    'that is "%s" has no credentials: guarded routes refuse it, and public routes ignore it',
    async (authorization) => {
      const headers = { authorization }
      const guarded = await client().get('/auth/users/me/', { headers })
      expect(guarded.body).toEqual(notAuthenticated)
      expect(guarded.status).toBe(401)
      for (const path of publicPaths)
        expect((await client().post(path, {}, { headers })).status).toBe(400)
    },
  )

  test('is ignored by the routes that issue, refresh and blacklist tokens', async () => {
    const { api, email, refresh } = await loggedIn()
    const headers = { authorization: 'Bearer nonsense' }
    for (const base of ['/auth/jwt/create/', '/api/token/']) {
      expect((await api.post(base, { email, password }, { headers })).status).toBe(200)
    }
    for (const path of ['/auth/jwt/refresh/', '/api/token/refresh/', '/api/token/blacklist/']) {
      expect((await api.post(path, { refresh }, { headers })).status).toBe(200)
    }
  })

  test('can have an access token in both schemes, but no refresh token', async () => {
    const { api, access, refresh, email } = await loggedIn()
    const wrong = await api.get('/auth/users/me/', { token: refresh })
    expect(wrong.body).toEqual(notValid('Token has wrong type'))
    for (const scheme of ['Bearer', 'JWT']) {
      const headers = { authorization: `  ${scheme}   ${access} ` }
      expect((await api.get('/auth/users/me/', { headers })).body.email).toBe(email)
    }
  })

  test('is requested in a 401 with the first of AUTH_HEADER_TYPES', async () => {
    const { headers } = await client({ AUTH_HEADER_TYPES: 'JWT,Bearer' }).get('/auth/users/me/')
    expect(headers.get('www-authenticate')).toBe('JWT realm="api"')
  })

  test('that has no JWT gets another message if SIMPLE_JWT_VERSION is 5.5', async () => {
    const other = client({ SIMPLE_JWT_VERSION: '5.5' })
    const { body } = await other.get('/auth/users/me/', { headers: { authorization: 'Bearer x' } })
    expect(body).toEqual(notValid('Token is invalid'))
  })
})
