// SIGNING_KEYS: what a set must be, and how its keys are used.

import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { client } from '../support/api.ts'
import { newKey, setOf } from '../support/key-sets.ts'
import { quietErrors } from '../support/logs.ts'
import { loggedIn } from '../support/people.ts'
import * as keys from '../vectors/keys.ts'

quietErrors()

const ofOnly = (SIGNING_KEYS: string) => ({ SIGNING_KEY: '', SIGNING_KEYS })
const key = await newKey('ES256')
const { jwk } = key
const setWith = (...jwks: object[]) => JSON.stringify({ keys: jwks })

test.each(['RS256', 'RS512', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
  'a key for %s signs and verifies',
  async (alg) => {
    const { api, access, refresh } = await loggedIn(ofOnly(setOf(await newKey(alg))))
    const me = await api.get('/auth/users/me/', { token: access })
    const next = await api.post('/auth/jwt/refresh/', { refresh })
    expect([me.status, next.status]).toEqual([200, 200])
  },
)

test.each([0, 1.5, 1_700_000_000, '2020-02-29T23:59:59Z', '2020-01-01T00:00:00.5+14:00'])(
  'use_from may be %j',
  async (use_from) => {
    const { status } = await client(ofOnly(setWith({ ...jwk, use_from }))).get('/healthz')
    expect(status).toBe(200)
  },
)

describe('an invalid set is a settings error that names the setting, and never shows the set', async () => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 })
  const other = await newKey('ES256')
  const weak = await crypto.subtle.generateKey(
    { ...algorithmOf('SHA-256'), modulusLength: 1024 },
    true,
    ['sign', 'verify'],
  )
  const weakJwk = { ...(await exportJWK((weak as CryptoKeyPair).privateKey)), use_from: 0 }
  const rsa = { ...(await exportJWK(privateKey)), use_from: 0 }
  const { d, use_from, alg, ...bare } = jwk
  const later = new Date(Date.now() + 60_000).toISOString()

  const wrong: [string, string, string][] = [
    ['no JSON', keys.ecSec1, 'it is not JSON; it must be a JWK Set'],
    ['a key alone', JSON.stringify(jwk), 'it has no list of "keys"'],
    ['null', 'null', 'it has no list of "keys"'],
    ['texts', '{"keys":["x"]}', 'it has no list of "keys"'],
    ['no key', '{"keys":[]}', 'it has no key'],
    ['one key twice', setWith(jwk, jwk), `it has the key ${key.kid} twice`],
    [
      'a key without alg',
      setWith(jwk, { ...bare, d, use_from }),
      'key 2 must have "alg", one of RS256',
    ],
    ['an unknown alg', setWith({ ...jwk, alg: 'ES256K' }), 'key 1 must have "alg", one of RS256'],
    ['a secret', setWith({ kty: 'oct', k: d, alg: 'HS256', use_from }), 'key 1 must have "alg"'],
    ['another key’s alg', setWith({ ...jwk, alg: 'EdDSA' }), 'key 1 must be a valid key for EdDSA'],
    ['another curve', setWith({ ...jwk, alg: 'ES384' }), 'key 1 must be a valid key for ES384'],
    ['weak RSA', setWith({ ...weakJwk, alg: 'RS256' }), 'of 2048 bits or more if it is RSA'],
    ['half of RSA', setWith({ ...rsa, alg: 'RS256', p: undefined }), 'must have a private half'],
    [
      'a strange half',
      setWith({ ...jwk, d: other.jwk.d }),
      'key 1 must have a private half that belongs',
    ],
    ['a kid of its own', setWith({ ...jwk, kid: 'mine' }), `RFC 7638, ${key.kid}`],
    ['no use_from', setWith({ ...bare, d, alg }), 'key 1 must have "use_from", such as "2027-'],
    ['no zone', setWith({ ...jwk, use_from: '2026-01-01T00:00:00' }), 'must have "use_from"'],
    ['no time', setWith({ ...jwk, use_from: 'now' }), 'must have "use_from"'],
    ['milliseconds', setWith({ ...jwk, use_from: Date.now() }), 'must have "use_from"'],
    [
      'none begun',
      setWith({ ...jwk, use_from: later }),
      'must have a private key whose "use_from"',
    ],
    ['public keys', setWith({ ...bare, alg }), 'must have a private key whose "use_from"'],
  ]
  test.each(wrong)('%s', async (_what, SIGNING_KEYS, message) => {
    const { status, body } = await client(ofOnly(SIGNING_KEYS)).get('/healthz')
    expect([status, body.detail]).toEqual([500, expect.stringContaining(message)])
    expect(body.detail).toMatch(/^SIGNING_KEYS[ :].*\.$/)
    for (const secret of [d, rsa.d, weakJwk.d, 'BEGIN']) expect(body.detail).not.toContain(secret)
  })
})

describe('a token is verified with', async () => {
  const [rsa, ec] = [await newKey('RS256'), await newKey('ES256')]
  const vars = ofOnly(setOf(rsa, ec))

  /** The status for the claims of a valid token, signed again with another key and header. */
  async function resigned(
    by: CryptoKey | Uint8Array,
    header: { alg: string; kid?: string; jku?: string; jwk?: object },
    settings: object = vars,
  ) {
    const { api, access } = await loggedIn({ ...settings })
    const token = await new SignJWT(decodeJwt(access)).setProtectedHeader(header).sign(by)
    return (await api.get('/auth/users/me/', { token })).status
  }

  test('the key that its kid names, and no other', async () => {
    expect(await resigned(rsa.privateKey, { alg: 'RS256', kid: rsa.kid })).toBe(200)
    expect(await resigned(rsa.privateKey, { alg: 'RS256', kid: ec.kid })).toBe(401)
    expect(await resigned(rsa.privateKey, { alg: 'RS256', kid: 'invented' })).toBe(401)
    expect(await resigned(rsa.privateKey, { alg: 'RS256' })).toBe(401)
  })

  test('that key’s own algorithm', async () => {
    const pss = await importJWK({ ...rsa.jwk, alg: 'PS256' }, 'PS256')
    expect(await resigned(pss, { alg: 'PS256', kid: rsa.kid })).toBe(401)
    const secret = new TextEncoder().encode(JSON.stringify(rsa.published))
    expect(await resigned(secret, { alg: 'HS256', kid: rsa.kid })).toBe(401)
  })

  test('no key from its own header', async () => {
    const attacker = await newKey('ES256')
    const header = { alg: 'ES256', kid: attacker.kid, jwk: attacker.published }
    const jku = 'https://issuer.test/sets/stranger'
    expect(await resigned(attacker.privateKey, { ...header, jku })).toBe(401)
    expect(await resigned(attacker.privateKey, { ...header, kid: ec.kid })).toBe(401)
  })

  test('SIGNING_KEY if it names no key', async () => {
    const SIGNING_KEY = 'a-string-beside-a-set-0123456789-0123456789'
    const secret = new TextEncoder().encode(SIGNING_KEY)
    const both = { ...vars, SIGNING_KEY }
    expect(await resigned(secret, { alg: 'HS256' }, both)).toBe(200)
    expect(await resigned(secret, { alg: 'HS256' }, vars)).toBe(401)
    expect(await resigned(secret, { alg: 'HS256', kid: 'invented' }, both)).toBe(401)
    expect(await resigned(secret, { alg: 'HS384' }, both)).toBe(401)
    expect(await resigned(rsa.privateKey, { alg: 'RS256' }, both)).toBe(401)
  })
})

test('SIGNING_KEY or SIGNING_KEYS is required', async () => {
  const { body } = await client({ SIGNING_KEY: '' }).get('/healthz')
  expect(body.detail).toContain('SIGNING_KEY is missing')
})

function algorithmOf(hash: string) {
  return { name: 'RSASSA-PKCS1-v1_5', hash, publicExponent: new Uint8Array([1, 0, 1]) }
}
