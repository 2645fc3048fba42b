// Tokens with our signature and unusual claims, wherever a token of drf-jwt is accepted: none causes a 5xx.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { password, person } from '../../support/people.ts'

const packages = {
  djangorestframeworkJwt: { DRF_JWT: true, JWT_ALLOW_REFRESH: true, JWT_AUTH_COOKIE: 'jwt' },
  drfJwt: { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt', JWT_AUTH_COOKIE: 'jwt' },
}
const unusual = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  2 ** 53,
  [],
  ['x'],
  {},
  { sub: {} },
  '',
  ' ',
  'x',
  '1',
  '-1',
  '1e9',
  '\0',
  'a\ud83eb',
  'x'.repeat(5000),
]
const claims = [
  'exp',
  'iat',
  'nbf',
  'orig_iat',
  'username',
  'user_id',
  'jti',
  'orig_jti',
  'email',
  'aud',
  'iss',
  'act',
  'hash_password',
  'token_type',
  'sid',
]
const headers = ['', ' ', 'JWT', 'Bearer', 'bearer  ', 'JWT a b c', 'x'.repeat(5000), 'JWT\ta']

const sign = (payload: Record<string, unknown>) =>
  new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(env.SIGNING_KEY))

describe.each(Object.entries(packages))('with %s', (_, vars) => {
  const prefix = 'DRF_JWT_PACKAGE' in vars ? 'Bearer' : 'JWT'

  test.each(claims)('a token with an unusual %s causes no server error', async (name) => {
    const { api, email } = await person({ ...vars, THROTTLE_ENABLED: false })
    const { body } = await api.post('/api-token-auth/', { email, password })
    for (const value of unusual) {
      const token = await sign({ ...decodeJwt(body.token), [name]: value })
      const sent = `${name}: ${JSON.stringify(value)?.slice(0, 20)}`
      for (const [method, path, json] of [
        ['POST', '/api-token-verify/', { token }],
        ['POST', '/api-token-refresh/', { token }],
        ['GET', '/auth/users/me/', undefined],
        ['POST', '/auth/logout/', undefined],
      ] as const) {
        const authorization = { authorization: `${prefix} ${token}` }
        const answer = await api.send(method, path, { json, headers: authorization })
        expect(answer.status, `${path} ${sent}`).toBeLessThan(500)
      }
      const cookie = await api.get('/auth/users/me/', { headers: { cookie: `jwt=${token}` } })
      expect(cookie.status, sent).toBeLessThan(500)
    }
  })

  test('an unusual header is rejected, whatever the cookie', async () => {
    for (const authorization of headers) {
      for (const cookie of ['', 'jwt=a.b.c', 'jwt=%ff; jwt; =; ;;']) {
        const call = { headers: { authorization, cookie } }
        const { status } = await client(vars).get('/auth/users/me/', call)
        expect(status, authorization.slice(0, 20)).toBe(401)
      }
    }
  })
})
