// Middleware for other Workers, with Hono: `requireAccessToken({ issuer, audience })` requires an access token of Gatehouse. It
// verifies the token with the published keys and keeps them, so that a request needs no call to Gatehouse. It does not
// notice a revoked session before the access token expires.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type JWK, type JWTPayload, jwtVerify } from 'jose'
import * as errors from 'jose/errors'
import { isTrustworthy } from '../settings/trusted-urls.ts'
import { malformedHeader, tokenFromHeader } from '../tokens/authorization-header.ts'
import { remoteKey } from '../tokens/remote-jwks.ts'

export interface AccessTokenOptions {
  /** Gatehouse's ISSUER. */
  issuer: string
  /** A value of Gatehouse's AUDIENCE. If there are several, a token must have one of them. */
  audience: string | string[]
  /** The URL of the keys; by default `/.well-known/jwks.json` of the issuer. */
  jwks?: string
  /** The most seconds by which clocks may differ; by default 0. */
  leeway?: number
  /** As AUTH_HEADER_TYPES; by default `Bearer` alone. */
  schemes?: string[]
  /** As USER_ID_CLAIM; by default `user_id`. */
  userIdClaim?: string
  /** As TOKEN_TYPE_CLAIM; by default `token_type`. */
  tokenTypeClaim?: string
}

/** The variables that the middleware sets in `c.var`. */
export interface Guarded {
  Variables: { user: { id: number | string }; claims: JWTPayload }
}

/** Requires an access token of Gatehouse. @throws TypeError if the options would accept tokens of others */
export function requireAccessToken({
  issuer,
  audience,
  jwks = `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
  leeway = 0,
  schemes = ['Bearer'],
  userIdClaim = 'user_id',
  tokenTypeClaim = 'token_type',
}: AccessTokenOptions) {
  if (issuer === '') throw new TypeError('requireAccessToken() requires an issuer.')
  if (audience.length === 0) throw new TypeError('requireAccessToken() requires an audience.')
  if (!isTrustworthy(jwks, true)) {
    throw new TypeError('requireAccessToken() requires keys from https, or from this machine.')
  }

  return createMiddleware<Guarded>(async function requireAccessToken(c, next) {
    const found = tokenFromHeader(c.req.header('authorization'), schemes)
    if (!found) return unauthorized(c, { detail: 'Authentication credentials were not provided.' })
    if (found === malformedHeader) {
      return unauthorized(c, { detail: malformedHeader, code: 'bad_authorization_header' })
    }
    const claims = await verify(found.token, new Date())
    if (claims === 'keys_unavailable') return unavailable(c)
    if (typeof claims === 'string') return unauthorized(c, tokenNotValid(claims))
    const id = claims[userIdClaim]
    if (typeof id !== 'number' && typeof id !== 'string') return unauthorized(c, noUserId)

    c.set('user', { id })
    c.set('claims', claims)
    await next()
  })

  async function verify(
    token: string,
    now: Date,
  ): Promise<JWTPayload | TokenMessage | 'keys_unavailable'> {
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
      if (error instanceof errors.JWKSTimeout) return 'keys_unavailable'
      if (error instanceof errors.JOSEError) return 'Token is invalid or expired'
      throw error
    }
  }

  function unauthorized(c: Context, body: object) {
    return c.json(body, 401, { 'WWW-Authenticate': `${schemes[0]} realm="api"` })
  }
}

type TokenMessage = 'Token is invalid or expired' | 'Token has no type' | 'Token has wrong type'

// A key must name its algorithm, so that no token chooses one. A shared secret (`oct`) is refused.
const hasAlgorithm = ({ alg, kty }: JWK) => typeof alg === 'string' && kty !== 'oct'

const tokenNotValid = (message: TokenMessage) => ({
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
})

const noUserId = {
  detail: 'Token contained no recognizable user identification',
  code: 'token_not_valid',
}

// Not 401: the token may be valid, and its user must not be logged out.
const unavailable = (c: Context) =>
  c.json({ detail: 'Service temporarily unavailable, try again later.' }, 503, {
    'Retry-After': '30',
  })
