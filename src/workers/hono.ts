// For other Workers, with Hono: `gatehouse({ issuer, audience })` lets in who has an access token of Gatehouse,
// by its published keys. These are kept, so that a request asks for nothing; that a session ended is not
// noticed before its access token expires.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type JWK, type JWTPayload, jwtVerify } from 'jose'
import * as errors from 'jose/errors'
import { isTrustworthy } from '../settings/trusted-urls.ts'
import { malformed, tokenFromHeader } from '../tokens/authorization-header.ts'
import { remoteKey } from '../tokens/remote-jwks.ts'

export interface GatehouseOptions {
  /** Gatehouse's ISSUER. */
  issuer: string
  /** One of Gatehouse's AUDIENCE. */
  audience: string | string[]
  /** Where the keys are, if it is not `/.well-known/jwks.json` of the issuer. */
  jwks?: string
  /** Seconds by which clocks may differ. */
  leeway?: number
  /** As AUTH_HEADER_TYPES, USER_ID_CLAIM and TOKEN_TYPE_CLAIM. */
  schemes?: string[]
  userIdClaim?: string
  tokenTypeClaim?: string
}

/** What a handler behind it finds in `c.var`. */
export interface Guarded {
  Variables: { user: { id: number | string }; claims: JWTPayload }
}

/** @throws TypeError where the options would trust too much */
export function gatehouse({
  issuer,
  audience,
  jwks = `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
  leeway = 0,
  schemes = ['Bearer'],
  userIdClaim = 'user_id',
  tokenTypeClaim = 'token_type',
}: GatehouseOptions) {
  if (issuer === '') throw new TypeError('gatehouse() wants an issuer.')
  if (audience.length === 0) throw new TypeError('gatehouse() wants an audience.')
  if (!isTrustworthy(jwks, true)) {
    throw new TypeError('gatehouse() wants keys from https, or from this machine.')
  }

  return createMiddleware<Guarded>(async function gatehouse(c, next) {
    const sent = tokenFromHeader(c.req.header('authorization'), schemes)
    if (!sent) return refuse(c, { detail: 'Authentication credentials were not provided.' })
    if (sent === malformed) {
      return refuse(c, { detail: malformed, code: 'bad_authorization_header' })
    }
    const claims = await verified(sent.token, new Date())
    if (claims === 'no keys') return unavailable(c)
    if (typeof claims === 'string') return refuse(c, notValid(claims))
    const id = claims[userIdClaim]
    if (typeof id !== 'number' && typeof id !== 'string') return refuse(c, nameless)

    c.set('user', { id })
    c.set('claims', claims)
    await next()
  })

  async function verified(token: string, now: Date): Promise<JWTPayload | Problem | 'no keys'> {
    try {
      const { payload } = await jwtVerify(
        token,
        (header) => {
          if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey()
          return remoteKey(jwks, header, now, hasAlgorithm)
        },
        { issuer, audience, currentDate: now, clockTolerance: leeway, requiredClaims: ['exp'] },
      )
      if (payload[tokenTypeClaim] === 'access') return payload
      return payload[tokenTypeClaim] === undefined ? 'Token has no type' : 'Token has wrong type'
    } catch (error) {
      if (error instanceof errors.JWKSTimeout) return 'no keys'
      if (error instanceof errors.JOSEError) return 'Token is invalid or expired'
      throw error
    }
  }

  function refuse(c: Context, body: object) {
    return c.json(body, 401, { 'WWW-Authenticate': `${schemes[0]} realm="api"` })
  }
}

type Problem = 'Token is invalid or expired' | 'Token has no type' | 'Token has wrong type'

// The key's algorithm is the only one it is good for; no token chooses among several.
const hasAlgorithm = ({ alg, kty }: JWK) => typeof alg === 'string' && kty !== 'oct'

const notValid = (message: Problem) => ({
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
})

const nameless = {
  detail: 'Token contained no recognizable user identification',
  code: 'token_not_valid',
}

// Not 401: the token may well be good, and whoever has it is not to log out.
const unavailable = (c: Context) =>
  c.json({ detail: 'Service temporarily unavailable, try again later.' }, 503, {
    'Retry-After': '30',
  })
