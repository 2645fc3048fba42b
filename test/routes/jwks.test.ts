// The public keys with which other services verify our tokens.

import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  jwtVerify,
} from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn } from '../support/people.ts'
import * as keys from '../vectors/keys.ts'

const path = '/.well-known/jwks.json'
const rsa = { ALGORITHM: 'RS256', SIGNING_KEY: keys.rsaPkcs8, VERIFYING_KEY: keys.rsaPublic }

async function newPair(ALGORITHM: string) {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  const SIGNING_KEY = await exportPKCS8(privateKey)
  const VERIFYING_KEY = await exportSPKI(publicKey)
  return { vars: { ALGORITHM, SIGNING_KEY, VERIFYING_KEY }, jwk: await exportJWK(publicKey) }
}

const kinds: [algorithm: string, ...members: string[]][] = [
  ['RS256', 'kty', 'n', 'e'],
  ['PS512', 'kty', 'n', 'e'],
  ['ES256', 'kty', 'crv', 'x', 'y'],
  ['ES384', 'kty', 'crv', 'x', 'y'],
  ['ES512', 'kty', 'crv', 'x', 'y'],
  ['EdDSA', 'kty', 'crv', 'x'],
]
test.each(kinds)('for %s it has the public key and nothing else', async (alg, ...members) => {
  const { vars, jwk } = await newPair(alg)
  const { status, body } = await client(vars).get(path)

  const kid = await calculateJwkThumbprint(jwk)
  expect([status, body]).toEqual([200, { keys: [{ ...jwk, kid, alg, use: 'sig' }] }])
  expect(Object.keys(body.keys[0]).sort()).toEqual([...members, 'kid', 'alg', 'use'].sort())
})

test('our token verifies with it, and not with the set of another issuer', async () => {
  const [ours, theirs] = [await newPair('ES256'), await newPair('ES256')]
  const { access, refresh } = await loggedIn(ours.vars)
  const setOf = async ({ vars }: typeof ours) =>
    createLocalJWKSet((await client(vars).get(path)).body)

  for (const token of [access, refresh]) {
    const { protectedHeader } = await jwtVerify(token, await setOf(ours))
    expect(protectedHeader.kid).toBe(await calculateJwkThumbprint(ours.jwk))
    await expect(jwtVerify(token, await setOf(theirs))).rejects.toThrow('no applicable key')
  }
})

test.each(['HS256', 'HS384', 'HS512'])('for %s, whose key is secret, it has none', async (name) => {
  const { status, body } = await client({ ALGORITHM: name }).get(path)
  expect([status, body]).toEqual([200, { keys: [] }])
})

describe('the answer', () => {
  test('may be cached for five minutes, by shared caches too, and is the same for all', async () => {
    const { headers } = await client(rsa).get(path, {
      headers: { origin: 'https://a.example.com' },
    })
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('cache-control')).toBe('public, max-age=300')
    expect(headers.get('vary')).toBeNull()
    expect(headers.get('set-cookie')).toBeNull()
  })

  test('is not sent again to a client that has it, until the key changes', async () => {
    const { headers } = await client(rsa).get(path)
    const etag = String(headers.get('etag'))
    expect(etag).toMatch(/^"[^"]+"$/)

    const known = { headers: { 'if-none-match': `"other", W/${etag}`, origin: 'https://a.test' } }
    const again = await client(rsa).get(path, known)
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag])
    expect(again.headers.get('cache-control')).toBe('public, max-age=300')
    expect(again.headers.get('access-control-allow-origin')).toBe('*')

    const { vars } = await newPair('RS256')
    expect((await client(vars).get(path, known)).status).toBe(200)
  })

  test('may be read by any origin, whatever the CORS settings say', async () => {
    const api = client({ ...rsa, CORS_ALLOW_ALL_ORIGINS: false, CORS_ALLOW_CREDENTIALS: true })
    const origin = 'https://anyone.example.com'
    const asks = { origin, 'access-control-request-method': 'GET' }
    const answers = [
      await api.get(path, { headers: { origin } }),
      await api.send('OPTIONS', path, { headers: asks }),
    ]
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test.each(['application/jwk-set+json', 'text/html', '*/*'])('is sent for %s', async (accept) => {
    expect((await client(rsa).get(path, { headers: { accept } })).body.keys).toHaveLength(1)
  })

  test('is read-only', async () => {
    expect(await client(rsa).send('HEAD', path)).toMatchObject({ status: 200, body: '' })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, body, headers } = await client(rsa).send(method, path)
      expect([status, body]).toEqual([405, { detail: `Method "${method}" not allowed.` }])
      expect(headers.get('allow')).toBe('GET, HEAD, OPTIONS')
    }
  })
})
