// ALGORITHM, SIGNING_KEY and VERIFYING_KEY, over HTTP.

import {
  CompactSign,
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  importSPKI,
  SignJWT,
} from 'jose'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { client } from '../support/api.ts'
import { loggedIn, password } from '../support/people.ts'
import * as keys from '../vectors/keys.ts'

const rsa = { ALGORITHM: 'RS256', SIGNING_KEY: keys.rsaPkcs8, VERIFYING_KEY: keys.rsaPublic }
const secret = 'a-secret-of-64-bytes-which-is-long-enough-for-hs512-0123456789-01'

async function pemPair(algorithm: string) {
  const pair = await generateKeyPair(algorithm, { extractable: true })
  return {
    ALGORITHM: algorithm,
    SIGNING_KEY: await exportPKCS8(pair.privateKey),
    VERIFYING_KEY: await exportSPKI(pair.publicKey),
  }
}

/** Sends the tokens of a login to each kind of endpoint that reads them. */
async function worksWith(vars: Record<string, unknown>) {
  const { api, access, refresh } = await loggedIn(vars)
  const answers = await Promise.all([
    api.get('/auth/users/me/', { token: access }),
    api.post('/auth/jwt/verify/', { token: refresh }),
    api.post('/auth/jwt/refresh/', { refresh }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  return access
}

describe('ALGORITHM', () => {
  test.each(['HS256', 'HS384', 'HS512'])('%s signs and verifies with a secret', async (name) => {
    const access = await worksWith({ ALGORITHM: name, SIGNING_KEY: secret })
    expect(decodeProtectedHeader(access)).toEqual({ alg: name, typ: 'JWT' })
  })

  const pairs = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512']
  test.each([...pairs, 'EdDSA'])('%s signs and verifies with a pair', async (name) => {
    const pair = await pemPair(name)
    const access = await worksWith(pair)
    const kid = await thumbprint(pair.VERIFYING_KEY, name)
    expect(decodeProtectedHeader(access)).toEqual({ alg: name, typ: 'JWT', kid })
  })

  test.each([
    ['PKCS 1', 'RS256', keys.rsaPkcs1, keys.rsaPublicPkcs1],
    ['a certificate', 'PS384', keys.rsaPkcs1, keys.rsaCertificate],
    ['SEC 1', 'ES256', keys.ecSec1, keys.ecPublic],
    ['one line', 'RS512', oneLine(keys.rsaPkcs8), oneLine(keys.rsaPublic)],
  ])('keys in %s are read', async (_form, ALGORITHM, SIGNING_KEY, VERIFYING_KEY) => {
    await worksWith({ ALGORITHM, SIGNING_KEY, VERIFYING_KEY })
  })

  test('is not chosen by the token: HS256 under the public key is invalid', async () => {
    const { api, access, refresh } = await loggedIn(rsa)
    for (const pem of [keys.rsaPublic, `${keys.rsaPublic}\n`]) {
      const forged = (token: string) => hmacSigned(decodeJwt(token), pem)
      const me = await api.get('/auth/users/me/', { token: await forged(access) })
      const next = await api.post('/auth/jwt/refresh/', { refresh: await forged(refresh) })
      expect([me.body.code, next.body.code]).toEqual(['token_not_valid', 'token_not_valid'])
      expect([me.status, next.status]).toEqual([401, 401])
    }
  })

  test.each([undefined, 'invented', ''])('ignores a kid that is %j', async (kid) => {
    const { api, email, access } = await loggedIn({ ...rsa, DRF_JWT: true })
    const { token } = (await api.post('/api-token-auth/', { email, password })).body
    const [again, ofDrfJwt] = await Promise.all([access, token].map((each) => resigned(each, kid)))

    const me = await api.get('/auth/users/me/', { token: again })
    const verified = await api.post('/api-token-verify/', { token: ofDrfJwt })

    expect([me.status, me.body.email, verified.status]).toEqual([200, email, 200])
    expect(decodeProtectedHeader(token).kid).toBe(await thumbprint(keys.rsaPublic, 'RS256'))
  })

  test('refuses a token that the same key signed by another algorithm', async () => {
    const { access } = await loggedIn(rsa)
    const { status } = await client({ ...rsa, ALGORITHM: 'PS256' }).get('/auth/users/me/', {
      token: access,
    })
    expect(status).toBe(401)
  })
})

describe('keys that do not match ALGORITHM', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const broken = keys.rsaPkcs8.replace(/.{8}\n-----END/, '\n-----END')
  test.each([
    [
      'a secret for RS256',
      { ...rsa, SIGNING_KEY: secret },
      'SIGNING_KEY is not PEM; ALGORITHM RS256',
    ],
    ['PEM for HS256', { SIGNING_KEY: keys.rsaPkcs8 }, 'SIGNING_KEY is PEM; ALGORITHM HS256'],
    ['no public key', { ...rsa, VERIFYING_KEY: '' }, 'VERIFYING_KEY is not PEM; ALGORITHM RS256'],
    [
      'a public key to sign',
      { ...rsa, SIGNING_KEY: keys.rsaPublic },
      'SIGNING_KEY must be a private',
    ],
    ['PEM that is broken', { ...rsa, SIGNING_KEY: broken }, 'SIGNING_KEY must be a private key'],
    ['RSA for ES256', { ...rsa, ALGORITHM: 'ES256' }, 'SIGNING_KEY must be a private key'],
    ['P-256 for ES384', { ...rsa, ALGORITHM: 'ES384', SIGNING_KEY: keys.ecSec1 }, 'SIGNING_KEY'],
    [
      'a public key of another kind',
      { ...rsa, VERIFYING_KEY: keys.ecPublic },
      'VERIFYING_KEY must be',
    ],
  ])('with %s every request gets an error that names the setting', async (_kind, vars, message) => {
    const { status, body } = await client(vars).get('/healthz')
    expect(status).toBe(500)
    expect(body.detail).toContain(message)
    expect(body.detail).not.toMatch(/BEGIN|MII|MHc|a-secret/)
  })

  test('with the public half of another pair, the error says so', async () => {
    const { VERIFYING_KEY } = await pemPair('RS256')
    const { body } = await client({ ...rsa, VERIFYING_KEY }).get('/healthz')
    expect(body.detail).toBe('VERIFYING_KEY must be the public half of SIGNING_KEY.')
  })

  test('an unknown algorithm is an error that lists the known ones', async () => {
    const { body } = await client({ ALGORITHM: 'none' }).get('/healthz')
    expect(body.detail).toContain('ALGORITHM is "none"; it must be one of HS256, HS384')
  })
})

function oneLine(pem: string) {
  return pem.replaceAll('\n', '\\n')
}

const thumbprint = async (pem: string, algorithm: string) =>
  calculateJwkThumbprint(await importSPKI(pem, algorithm))

/** The token, signed again with our key, under another `kid`. */
const resigned = async (token: string, kid: string | undefined) =>
  new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'RS256', ...(kid !== undefined && { kid }) })
    .sign(await importPKCS8(keys.rsaPkcs8, 'RS256'))

const hmacSigned = (claims: object, key: string) =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(key))
