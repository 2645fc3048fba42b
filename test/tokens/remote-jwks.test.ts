// JWK_URL: access tokens of another issuer, whose keys are fetched over HTTP (test/fakes/issuer.ts).

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { clockAt } from '../support/clock.ts'
import { newKey, setOf } from '../support/key-sets.ts'
import { quietErrors } from '../support/logs.ts'
import { loggedIn } from '../support/people.ts'
import * as keys from '../vectors/keys.ts'

const pair = { ALGORITHM: 'RS256', SIGNING_KEY: keys.rsaPkcs8, VERIFYING_KEY: keys.rsaPublic }
const trust = { ...pair, ISSUER: 'https://issuer.test', AUDIENCE: 'shop' }
const start = new Date('2030-06-01T12:00:00Z')

clockAt(start)
quietErrors()

/** An issuer with one key, and the settings that trust it. */
async function issuer(path = 'sets') {
  const name = crypto.randomUUID()
  const own = await keyPair('first')
  await publish(name, [own.jwk])
  const vars = { ...trust, JWK_URL: `https://issuer.test/${path}/${name}` }
  return { ...(await loggedIn(vars)), ...own, name, vars }
}

async function keyPair(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256' }
  const issue = (claims: JWTPayload, header: object = {}) =>
    new SignJWT({ ...accessClaims(), ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid, ...header })
      .sign(privateKey)
  return { jwk, issue }
}

const accessClaims = () => {
  const now = Math.floor(Date.now() / 1000)
  const times = { exp: now + 86_400, iat: now }
  return { token_type: 'access', ...times, jti: 'x', aud: 'shop', iss: 'https://issuer.test' }
}

const publish = (name: string, set: object[]) =>
  fetch(`https://issuer.test/sets/${name}`, {
    method: 'PUT',
    body: JSON.stringify({ keys: set }),
  })
const fetchesOf = async (name: string) =>
  Number(await (await fetch(`https://issuer.test/counts/${name}`)).text())

describe('an access token of another issuer', () => {
  test('is accepted on protected routes and at verify, for one fetch, as our own tokens are', async () => {
    const { api, id, email, access, issue, name } = await issuer()
    const token = await issue({ user_id: id })

    const me = await api.get('/auth/users/me/', { token })
    const verified = await api.post('/auth/jwt/verify/', { token })
    const own = await api.get('/auth/users/me/', { token: access })

    expect([me.status, me.body.email, verified.status, own.status]).toEqual([200, email, 200, 200])
    expect(await fetchesOf(name)).toBe(1)
  })

  test('is accepted with a session of its own issuer, which CHECK_SESSION ignores', async () => {
    const { api, id, issue, vars } = await issuer()
    const token = await issue({ user_id: id, sid: 'theirs' })
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
    const checked = client({ ...vars, CHECK_SESSION: true })
    expect((await checked.get('/auth/users/me/', { token })).status).toBe(200)
  })

  test('is accepted by ALGORITHM, whatever the algorithms of SIGNING_KEYS are', async () => {
    const { issue, vars } = await issuer()
    const set = { ...vars, SIGNING_KEY: '', SIGNING_KEYS: setOf(await newKey('ES256')) }
    const { api, id, access } = await loggedIn(set)
    const token = await issue({ user_id: id })
    for (const good of [token, access]) {
      expect((await api.get('/auth/users/me/', { token: good })).status).toBe(200)
    }
    const pss = client({ ...set, ALGORITHM: 'PS256' })
    expect((await pss.get('/auth/users/me/', { token })).status).toBe(401)
  })

  test('is refused without a kid, with another issuer, audience or key, and as a refresh token', async () => {
    const { api, id, issue, name } = await issuer()
    const other = await keyPair('first')
    const tokens = [
      await issue({ user_id: id }, { kid: undefined }),
      await issue({ user_id: id }, { kid: 7 }),
      await issue({ user_id: id, iss: 'https://evil.test' }),
      await issue({ user_id: id, aud: 'bank' }),
      await other.issue({ user_id: id }),
    ]
    for (const token of tokens) {
      expect((await api.get('/auth/users/me/', { token })).body.code).toBe('token_not_valid')
    }
    const refresh = await issue({ user_id: id, token_type: 'refresh' })
    expect((await api.post('/auth/jwt/refresh/', { refresh })).status).toBe(401)
    expect((await api.post('/api/token/blacklist/', { refresh })).status).toBe(401)
    expect(await fetchesOf(name)).toBe(1)
  })
})

describe('the key set', () => {
  test('is not fetched again for invented kids until the cool-down is over', async () => {
    const { api, id, issue, name } = await issuer()
    const forged = async () => {
      const token = await issue({ user_id: id }, { kid: crypto.randomUUID() })
      return (await api.get('/auth/users/me/', { token })).status
    }

    const one = await Promise.all(Array.from({ length: 40 }, forged))
    for (let i = 0; i < 10; i++) one.push(await forged())
    expect(new Set(one)).toEqual(new Set([401]))
    expect(await fetchesOf(name)).toBeLessThanOrEqual(10)

    const before = await fetchesOf(name)
    vi.setSystemTime(start.getTime() + 30_000)
    for (let i = 0; i < 10; i++) await forged()
    expect(await fetchesOf(name)).toBe(before + 1)
  })

  test('serves many requests at once before the first fetch ends', async () => {
    const { api, id, issue, name } = await issuer()
    const token = await issue({ user_id: id })
    const all = await Promise.all(
      Array.from({ length: 8 }, () => api.get('/auth/users/me/', { token })),
    )
    expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(await fetchesOf(name)).toBeLessThanOrEqual(8)
  })

  test('is fetched again when the issuer changes its keys', async () => {
    const { api, id, issue, name } = await issuer()
    const old = await issue({ user_id: id })
    expect((await api.get('/auth/users/me/', { token: old })).status).toBe(200)

    const next = await keyPair('second')
    await publish(name, [next.jwk])
    const token = await next.issue({ user_id: id })
    expect((await api.get('/auth/users/me/', { token })).status).toBe(401)
    vi.setSystemTime(start.getTime() + 30_000)
    expect((await api.get('/auth/users/me/', { token })).status).toBe(200)
    expect((await api.get('/auth/users/me/', { token: old })).status).toBe(401)
  })

  test.each(['redirects', 'breaks', 'garbles'])(
    'that %s is refused, and fetched once',
    async (way) => {
      const { api, id, access, issue, name } = await issuer(way)
      for (let i = 0; i < 3; i++) {
        const token = await issue({ user_id: id })
        expect((await api.get('/auth/users/me/', { token })).status).toBe(401)
      }
      expect(await fetchesOf(name)).toBe(1)
      expect((await api.get('/auth/users/me/', { token: access })).status).toBe(200)
    },
  )

  test('is given up if no answer comes', async () => {
    const { api, id, issue } = await issuer('hangs')
    const token = await issue({ user_id: id })
    expect((await api.get('/auth/users/me/', { token })).status).toBe(401)
  }, 10_000)
})

describe('settings that would trust too much are errors', () => {
  const url = 'https://issuer.test/sets/x'
  test.each([
    [{ ...trust, JWK_URL: url, ISSUER: '' }, 'JWK_URL requires ISSUER'],
    [{ ...trust, JWK_URL: url, AUDIENCE: '' }, 'JWK_URL requires AUDIENCE'],
    [{ ...trust, JWK_URL: url, ALGORITHM: 'HS256', SIGNING_KEY: 'x'.repeat(32) }, 'an ALGORITHM'],
    [{ ...trust, JWK_URL: 'http://issuer.test/x' }, 'JWK_URL must be https'],
    [{ ...trust, JWK_URL: 'https://a:b@issuer.test/x' }, 'JWK_URL must be https'],
    [{ ...trust, JWK_URL: 'issuer.test' }, 'JWK_URL must be https'],
    [{ ...trust, JWK_URL: 'https://:b@issuer.test/x' }, 'JWK_URL must be https'],
  ])('%#: %s', async (vars, message) => {
    const { status, body } = await client(vars).get('/healthz')
    expect([status, body.detail]).toEqual([500, expect.stringContaining(message)])
  })

  test('in development http is allowed on this machine', async () => {
    for (const host of ['localhost:8000', '127.0.0.1', '[::1]:80']) {
      const { status } = await client({ ...trust, JWK_URL: `http://${host}/x` }).get('/healthz')
      expect(status).toBe(200)
    }
  })
})
