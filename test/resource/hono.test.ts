// The middleware of other Workers, whose keys are met over HTTP (test/stand-ins/issuer.ts).

import { Hono } from 'hono'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type GatehouseOptions, gatehouse } from '../../src/resource/hono.ts'
import { client } from '../api.ts'
import { newKey, setOf } from '../key-sets.ts'
import { loggedIn } from '../people.ts'

const start = new Date('2032-06-01T12:00:00Z')
const issuer = 'https://auth.example.com'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const later = (seconds: number) => vi.setSystemTime(start.getTime() + seconds * 1000)

/** A Worker behind the middleware, and an issuer that has published one key. */
async function resource({
  path = 'sets',
  ...options
}: { path?: string } & Partial<GatehouseOptions> = {}) {
  const name = crypto.randomUUID()
  const own = await keyPair('first')
  await publish(name, { keys: [own.jwk] })
  const jwks = `https://issuer.test/${path}/${name}`
  const app = new Hono().get('/', gatehouse({ issuer, audience: 'shop', jwks, ...options }), (c) =>
    c.json({ user: c.var.user, claims: c.var.claims }),
  )
  async function get(token?: string, authorization = token && `Bearer ${token}`) {
    const response = await app.request('/', { headers: authorization ? { authorization } : {} })
    const { status, headers } = response
    return { status, headers, body: await response.json<ReturnType<typeof JSON.parse>>() }
  }
  return {
    ...own,
    get,
    status: async (token: string) => (await get(token)).status,
    publish: (set: unknown) => publish(name, set),
    asked: async () => Number(await (await fetch(`https://issuer.test/counts/${name}`)).text()),
  }
}

async function keyPair(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg }
  const issue = (
    claims: JWTPayload = {},
    header: object = {},
    by: CryptoKey | Uint8Array = privateKey,
  ) =>
    new SignJWT({ ...accessClaims(), ...claims })
      .setProtectedHeader({ alg, typ: 'JWT', kid, ...header })
      .sign(by)
  return { jwk, issue, privateKey }
}

function accessClaims() {
  const now = Math.floor(Date.now() / 1000)
  const times = { exp: now + 86_400, iat: now }
  return { token_type: 'access', ...times, jti: 'x', user_id: 7, aud: 'shop', iss: issuer }
}

const publish = (name: string, set: unknown) =>
  fetch(`https://issuer.test/sets/${name}`, { method: 'PUT', body: JSON.stringify(set) })

test('lets in who has an access token, and tells the handler who it is', async () => {
  const { get, issue } = await resource()
  const { status, body } = await get(await issue({ role: 'clerk' }))
  expect([status, body.user, body.claims.role]).toEqual([200, { id: 7 }, 'clerk'])
})

test('lets in by a token of Gatehouse itself', async () => {
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
    ['no end', { exp: undefined }, {}],
    ['the past', { exp: start.getTime() / 1000 }, {}],
    ['the future', { nbf: start.getTime() / 1000 + 60 }, {}],
    ['a refresh token', { token_type: 'refresh' }, {}],
    ['no type', { token_type: undefined }, {}],
    ['no name', { user_id: undefined }, {}],
    ['an odd name', { user_id: { id: 7 } }, {}],
    ['no kid', {}, { kid: undefined }],
    ['a kid that is no text', {}, { kid: 7 }],
    ['another kid', {}, { kid: 'second' }],
  ])('a token of %s', async (_what, claims, header) => {
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
  test('leeway, schemes and claims are Gatehouse’s settings', async () => {
    const { get, issue } = await resource({
      ...{ leeway: 60, schemes: ['JWT'], userIdClaim: 'sub', tokenTypeClaim: 'typ' },
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
  ])('that would trust too much are a mistake at once: %j', (wrong) => {
    expect(() => gatehouse({ issuer, audience: 'shop', ...wrong })).toThrow(/^gatehouse\(\) wants/)
  })

  test('keys may be on this machine, and are the issuer’s by default', () => {
    for (const local of ['http://localhost:8787', 'http://127.0.0.1:80/', issuer]) {
      expect(() => gatehouse({ issuer: local, audience: 'shop' })).not.toThrow()
    }
  })
})

describe('the keys', () => {
  test('are asked for once, and not for each request', async () => {
    const { status, issue, asked } = await resource()
    const token = await issue()
    for (let i = 0; i < 20; i++) expect(await status(token)).toBe(200)
    later(299)
    expect([await status(token), await asked()]).toEqual([200, 1])
    later(300)
    expect([await status(token), await asked()]).toEqual([200, 2])
  })

  test('are kept as long as the issuer says', async () => {
    const { status, issue, asked } = await resource({ path: 'aged' }) // 1,000 seconds, 100 of them gone
    const token = await issue()
    await status(token)
    later(899)
    expect([await status(token), await asked()]).toEqual([200, 1])
    later(900)
    expect([await status(token), await asked()]).toEqual([200, 2])
  })

  test('that nobody has cause no storm: each vain question makes the next one later', async () => {
    const { status, issue, asked } = await resource()
    const [good, invented] = [await issue(), await issue({}, { kid: 'invented' })]
    await status(good)
    const counts: number[] = []
    for (const seconds of [0, 29, 30, 60, 89, 90, 200, 209]) {
      later(seconds)
      expect(await Promise.all(Array.from({ length: 5 }, () => status(invented)))).toEqual(
        Array(5).fill(401),
      )
      counts.push(await asked())
      expect(await status(good)).toBe(200)
    }
    const [first = 0, , second = 0] = counts
    expect(first).toBe(1)
    expect(second - first).toBeGreaterThanOrEqual(1)
    expect(counts.slice(0, 2)).toEqual([1, 1])
    expect(counts.slice(2, 5)).toEqual([second, second, second])
    expect(counts[5]).toBeGreaterThan(second)
    expect(counts.slice(5)).toEqual(Array(3).fill(counts[5]))
  })

  test('that are new are found within half a minute, though the set is still fresh', async () => {
    const { status, issue, jwk, publish } = await resource()
    expect(await status(await issue())).toBe(200)
    const next = await keyPair('second')
    await publish({ keys: [jwk, next.jwk] })
    later(30)
    expect(await status(await next.issue())).toBe(200)
    expect(await status(await issue())).toBe(200)
  })

  test('that are found make the next question early again', async () => {
    const { status, issue, jwk, publish } = await resource()
    const [second, third] = [await keyPair('second'), await keyPair('third')]
    await status(await issue())
    later(30)
    expect(await status(await second.issue())).toBe(401)
    await publish({ keys: [jwk, second.jwk] })
    later(90)
    expect(await status(await second.issue())).toBe(200)
    await publish({ keys: [jwk, third.jwk] })
    later(119)
    expect(await status(await third.issue())).toBe(401)
    later(120)
    expect(await status(await third.issue())).toBe(200)
  })

  test('are asked for ever more rarely while the issuer is out of order', async () => {
    const { status, issue, asked, publish } = await resource()
    const token = await issue()
    await status(token)
    await publish('out of order')
    const counts: number[] = []
    for (const seconds of [300, 359, 360, 479, 480, 719, 720, 1019, 1020]) {
      later(seconds)
      expect(await status(token)).toBe(200)
      counts.push(await asked())
    }
    expect(counts).toEqual([2, 2, 3, 3, 4, 4, 5, 5, 6])
  })

  test('are believed for an hour while the issuer is out of order, and then no more', async () => {
    const { get, issue, publish } = await resource()
    const token = await issue()
    expect((await get(token)).status).toBe(200)
    await publish('out of order')
    later(3599)
    expect((await get(token)).status).toBe(200)
    later(3600)
    const { status, headers, body } = await get(token)
    expect([status, headers.get('retry-after')]).toEqual([503, '30'])
    expect(body).toEqual({ detail: 'Service temporarily unavailable, try again later.' })
  })

  test('that were never there are 503 and no 401, until they come', async () => {
    const { status, issue, jwk, publish } = await resource()
    await publish('out of order')
    const token = await issue()
    expect(await status(token)).toBe(503)
    await publish({ keys: [jwk] })
    expect(await status(token)).toBe(503)
    later(30)
    expect(await status(token)).toBe(200)
  })

  test('from a redirect are none', async () => {
    const { status, issue, asked } = await resource({ path: 'redirects' })
    expect([await status(await issue()), await asked()]).toEqual([503, 1])
  })

  test('are asked for by one while others go on with the old set', async () => {
    const { status, issue, asked } = await resource()
    const token = await issue()
    await status(token)
    later(400)
    const all = await Promise.all(Array.from({ length: 9 }, () => status(token)))
    expect([all, await asked()]).toEqual([Array(9).fill(200), 2])
  })
})
