// drf-jwt's settings for cookies and claims, as clients see them.

import { env } from 'cloudflare:workers'
import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../../support/api.ts'
import { logIn, newEmail, password, person } from '../../support/people.ts'

const packages = [
  { DRF_JWT: true, JWT_ALLOW_REFRESH: true },
  { DRF_JWT: true, DRF_JWT_PACKAGE: 'drf-jwt' },
]
const prefixOf = (vars: object) => ('DRF_JWT_PACKAGE' in vars ? 'Bearer' : 'JWT')

/** A user that has logged in, with the token and the cookie. */
async function userWithToken(vars: Record<string, unknown>) {
  const someone = await person(vars)
  const { api, email } = someone
  const { body, headers } = await api.post('/api-token-auth/', { email, password })
  return { ...someone, token: String(body.token), cookie: headers.get('set-cookie') ?? '' }
}

const sign = (claims: Record<string, unknown>) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(env.SIGNING_KEY))

describe.each(packages)('with %o', (packageVars) => {
  const me = (vars: Record<string, unknown>, token: string) =>
    client({ ...packageVars, ...vars }).get('/auth/users/me/', {
      headers: { authorization: `${prefixOf(packageVars)} ${token}` },
    })

  test('JWT_AUTH_COOKIE_* decide where a browser sends the cookie', async () => {
    const on = { ...packageVars, JWT_AUTH_COOKIE: 'jwt', PUBLIC_URL: 'https://auth.example.com' }
    const { cookie } = await userWithToken({
      ...on,
      JWT_AUTH_COOKIE_DOMAIN: 'example.com',
      JWT_AUTH_COOKIE_PATH: '/auth/',
      JWT_AUTH_COOKIE_SAMESITE: 'None',
    })
    const attributes = cookie.split('; ')
    expect(attributes).toEqual(
      expect.arrayContaining(['Domain=example.com', 'Path=/auth/', 'SameSite=None', 'Secure']),
    )
    expect(attributes).toContain('HttpOnly')

    const plain = await userWithToken({ ...on, JWT_AUTH_COOKIE_SECURE: false })
    expect(plain.cookie).toMatch(/Path=\/;.*SameSite=Lax/)
    expect(plain.cookie).not.toMatch(/Domain|Secure/)
  })

  test('JWT_AUDIENCE and JWT_ISSUER are in drf-jwt’s tokens and required there, and not in Simple JWT’s', async () => {
    const own = { JWT_AUDIENCE: 'shop', JWT_ISSUER: 'us' }
    const { api, email, token } = await userWithToken({ ...packageVars, ...own })
    expect(decodeJwt(token)).toMatchObject({ aud: 'shop', iss: 'us' })
    expect((await me(own, token)).status).toBe(200)
    expect((await me({ ...own, JWT_AUDIENCE: 'bank' }, token)).status).toBe(401)
    expect((await me({ ...own, JWT_ISSUER: 'them' }, token)).status).toBe(401)
    expect((await me({}, token)).status).toBe(401)

    const { body } = await logIn(api, { email })
    const { aud, iss } = decodeJwt(body.access)
    expect([aud, iss]).toEqual([undefined, undefined])
  })

  test('they default to AUDIENCE, ISSUER and LEEWAY', async () => {
    const { token } = await userWithToken({ ...packageVars, AUDIENCE: 'all', ISSUER: 'we' })
    expect(decodeJwt(token)).toMatchObject({ aud: 'all', iss: 'we' })
    const late = await expired(packageVars)
    expect((await me({ LEEWAY: 60 }, late)).status).toBe(200)
    expect((await me({ LEEWAY: 60, JWT_LEEWAY: '0' }, late)).status).toBe(401)
  })

  test('JWT_LEEWAY accepts tokens of drf-jwt that have just expired', async () => {
    const late = await expired(packageVars)
    expect((await me({}, late)).status).toBe(401)
    expect((await me({ JWT_LEEWAY: 60 }, late)).status).toBe(200)
    expect((await me({ JWT_LEEWAY: 5 }, late)).status).toBe(401)
  })

  test('without JWT_PAYLOAD_INCLUDE_USER_ID a token names its user by login, and works for no other user', async () => {
    const nameless = { ...packageVars, JWT_PAYLOAD_INCLUDE_USER_ID: false }
    const { token, id, email } = await userWithToken(nameless)
    expect(decodeJwt(token)).not.toHaveProperty('user_id')
    expect((await me(nameless, token)).body.id).toBe(id)

    await env.DB.prepare('update users set email_key = ? where id = ?').bind(newEmail(), id).run()
    const eve = { email, password, first_name: 'Eve', last_name: 'Else' }
    const { body } = await client({ SEND_ACTIVATION_EMAIL: false }).post('/auth/users/', eve)
    expect(body.email).toBe(email)
    expect((await me(nameless, token)).status).toBe(401)
  })
})

async function expired(packageVars: Record<string, unknown>) {
  const { token } = await userWithToken(packageVars)
  return sign({ ...decodeJwt(token), exp: Math.floor(Date.now() / 1000) - 20 })
}
