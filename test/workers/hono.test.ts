// The middleware for other Workers: which tokens it accepts.

import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { requireAccessToken } from '../../src/workers/hono.ts'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { newKey, setOf } from '../support/key-sets.ts'
import { quietErrors } from '../support/logs.ts'
import { loggedIn } from '../support/people.ts'
import { issuer, keyPair, resource } from './resource.ts'

const start = new Date('2032-06-01T12:00:00Z')

clockAt(start)
quietErrors()

test('accepts an access token, and gives the handler its user and claims', async () => {
  const { get, issue } = await resource()
  const { status, body } = await get(await issue({ role: 'clerk' }))
  expect([status, body.user, body.claims.role]).toEqual([200, { id: 7 }, 'clerk'])
})

test('accepts an access token that Gatehouse itself issued', async () => {
  const key = await newKey('EdDSA')
  const vars = { SIGNING_KEYS: setOf(key), ISSUER: issuer, AUDIENCE: 'shop,bank' }
  const { access, refresh, id } = await loggedIn(vars)
  const { get, publish } = await resource()
  await publish((await client(vars).get('/.well-known/jwks.json')).body)

  expect((await get(access)).body.user).toEqual({ id })
  expect((await get(refresh)).body.messages[0].message).toBe('Token has wrong type')
})

describe('refuses, in REST framework’s words,', () => {
  const given = 'Given token not valid for any token type'

  test('a request without a token, and a header that is malformed', async () => {
    const { get, issue } = await resource()
    const token = await issue()
    const none = 'Authentication credentials were not provided.'
    for (const [authorization, detail] of [
      [undefined, none],
      [`Basic ${token}`, none],
      [`bearer ${token}`, none],
      ['Bearer', 'Authorization header must contain two space-delimited values'],
      [`Bearer ${token} x`, 'Authorization header must contain two space-delimited values'],
    ]) {
      const { status, body, headers } = await get(undefined, authorization)
      expect([status, body.detail]).toEqual([401, detail])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
    }
  })

  test.each<[string, JWTPayload, object]>([
    ['another issuer', { iss: 'https://evil.example.com' }, {}],
    ['no issuer', { iss: undefined }, {}],
    ['another audience', { aud: 'bank' }, {}],
    ['no audience', { aud: undefined }, {}],
    ['no exp', { exp: undefined }, {}],
    ['an exp that has passed', { exp: start.getTime() / 1000 }, {}],
    ['an nbf in the future', { nbf: start.getTime() / 1000 + 60 }, {}],
    ['the type refresh', { token_type: 'refresh' }, {}],
    ['no type', { token_type: undefined }, {}],
    ['no user id', { user_id: undefined }, {}],
    ['a user id that is an object', { user_id: { id: 7 } }, {}],
    ['no kid', {}, { kid: undefined }],
    ['a kid that is not a string', {}, { kid: 7 }],
    ['another kid', {}, { kid: 'second' }],
  ])('a token with %s', async (_what, claims, header) => {
    const { get, issue } = await resource()
    const { status, body, headers } = await get(await issue(claims, header))
    expect([status, body.code]).toEqual([401, 'token_not_valid'])
    expect(headers.get('www-authenticate')).toBe('Bearer realm="api"')
  })

  test('an algorithm that is not the key’s: HS256 under the public key, PS256, none', async () => {
    const { get, publish } = await resource()
    const rsa = await keyPair('first', 'RS256')
    await publish({ keys: [rsa.jwk] })
    const secret = new TextEncoder().encode(JSON.stringify(rsa.jwk))
    const pss = await crypto.subtle.importKey(
      'jwk',
      { ...(await crypto.subtle.exportKey('jwk', rsa.privateKey)), alg: 'PS256' } as JsonWebKey,
      { name: 'RSA-PSS', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    const [head, payload] = (await rsa.issue()).split('.')
    const none = head?.replace(/.*/, btoa('{"alg":"none","kid":"first"}').replace(/=+$/, ''))
    for (const token of [
      await rsa.issue({}, { alg: 'HS256' }, secret),
      await rsa.issue({}, { alg: 'PS256' }, pss),
      `${none}.${payload}.`,
    ]) {
      expect((await get(token)).body.detail).toBe(given)
    }
    expect((await get(await rsa.issue())).status).toBe(200)
  })

  test('keys without an algorithm, and secrets in the set', async () => {
    const { status, publish } = await resource()
    const bare = await keyPair('first')
    const k = btoa('x'.repeat(32)).replace(/=+$/, '')
    const oct = { kty: 'oct', k, alg: 'HS256', kid: 'second' }
    await publish({ keys: [{ ...bare.jwk, alg: undefined }, oct] })
    expect(await status(await bare.issue())).toBe(401)
    const secret = new TextEncoder().encode('x'.repeat(32))
    expect(await status(await bare.issue({}, { alg: 'HS256', kid: 'second' }, secret))).toBe(401)
  })
})

describe('options', () => {
  test('leeway, schemes and claims follow Gatehouse’s settings', async () => {
    const { get, issue } = await resource({
      leeway: 60,
      schemes: ['JWT'],
      userIdClaim: 'sub',
      tokenTypeClaim: 'typ',
      audience: ['bank', 'shop'],
    })
    const exp = start.getTime() / 1000 - 59
    const token = await issue({ exp, sub: 'ada', typ: 'access' })
    expect((await get(undefined, `JWT ${token}`)).body.user).toEqual({ id: 'ada' })
    const refused = await get(token)
    expect(refused.headers.get('www-authenticate')).toBe('JWT realm="api"')
  })

  test.each([
    { issuer: '' },
    { audience: '' },
    { audience: [] },
    { issuer: 'http://auth.example.com' },
    { issuer: 'gatehouse' },
    { jwks: 'https://a:b@auth.example.com/jwks.json' },
  ])('that would accept tokens of others throw at once: %j', (wrong) => {
    expect(() => requireAccessToken({ issuer, audience: 'shop', ...wrong })).toThrow(
      /^requireAccessToken\(\) requires/,
    )
  })

  test('allow keys on this machine, and the keys of the issuer by default', () => {
    for (const local of ['http://localhost:8787', 'http://127.0.0.1:80/', issuer]) {
      expect(() => requireAccessToken({ issuer: local, audience: 'shop' })).not.toThrow()
    }
  })
})
