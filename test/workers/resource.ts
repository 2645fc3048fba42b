// A Worker with the middleware, and an issuer whose keys it fetches over HTTP (test/fakes/issuer.ts).

import { Hono } from 'hono'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { type AccessTokenOptions, requireAccessToken } from '../../src/workers/hono.ts'

export const issuer = 'https://auth.example.com'

/** A Worker with the middleware, and an issuer that has published one key. */
export async function resource({
  path = 'sets',
  ...options
}: { path?: string } & Partial<AccessTokenOptions> = {}) {
  const name = crypto.randomUUID()
  const own = await keyPair('first')
  await publish(name, { keys: [own.jwk] })
  const jwks = `https://issuer.test/${path}/${name}`
  const app = new Hono().get(
    '/',
    requireAccessToken({ issuer, audience: 'shop', jwks, ...options }),
    (c) => c.json({ user: c.var.user, claims: c.var.claims }),
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
    fetchCount: async () =>
      Number(await (await fetch(`https://issuer.test/counts/${name}`)).text()),
  }
}

export async function keyPair(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg }
  const issue = (
    claims: JWTPayload = {},
    header: object = {},
    signingKey: CryptoKey | Uint8Array = privateKey,
  ) =>
    new SignJWT({ ...accessClaims(), ...claims })
      .setProtectedHeader({ alg, typ: 'JWT', kid, ...header })
      .sign(signingKey)
  return { jwk, issue, privateKey }
}

function accessClaims() {
  const now = Math.floor(Date.now() / 1000)
  const times = { exp: now + 86_400, iat: now }
  return { token_type: 'access', ...times, jti: 'x', user_id: 7, aud: 'shop', iss: issuer }
}

const publish = (name: string, set: unknown) =>
  fetch(`https://issuer.test/sets/${name}`, { method: 'PUT', body: JSON.stringify(set) })
