// The authentication class of rest_framework_jwt, as DRF_JWT_PACKAGE says. It comes before Simple JWT's. If both use the
// same scheme, the token decides: Simple JWT gets a token with a type or `sid`. This class answers anything else,
// garbage too, because it is the first.

import { decodeJwt } from 'jose'
import { type DrfJwtFailure, drfJwtCredential } from '../auth/drf-jwt.ts'
import type { Call } from '../context.ts'
import { forbidden, unauthenticated } from '../http/errors.ts'
import type { Settings } from '../settings/parse.ts'
import { isDrfJwt } from '../tokens/drf-jwt.ts'
import type { RequestCredential } from './credential.ts'
import { readDrfJwtCookie } from './drf-jwt-cookies.ts'

/** @returns `anonymous` for a header of our scheme that holds no token: no other class is asked */
export async function drfJwtAuthentication(
  c: Call,
): Promise<RequestCredential | 'anonymous' | undefined> {
  const { settings, now } = c.var
  if (!settings.drfJwt.enabled) return undefined
  const token = readDrfJwtToken(c)
  if (token === undefined) return isMalformed(c) ? 'anonymous' : undefined
  if (isSimpleJwtToken(c, token)) return undefined

  const credential = await drfJwtCredential(settings, token, now)
  if (typeof credential === 'string') throw unauthorizedFor(settings, credential)
  return { ...credential, errorFor: (failure) => unauthorizedFor(settings, failure) }
}

/**
 * The token of a request: in a header of our scheme, else in a cookie. djangorestframework-jwt reads cookies only if
 * there is no header; drf-jwt also if the header is not a scheme and a token.
 */
export function readDrfJwtToken(c: Call): string | undefined {
  const { packageName, prefix } = c.var.settings.drfJwt
  const parts = headerParts(c)
  const [scheme, token, ...rest] = parts
  if (scheme === undefined) return readDrfJwtCookie(c)
  if (packageName === 'drf-jwt' && parts.length !== 2) return readDrfJwtCookie(c)
  if (!isSameScheme(scheme, prefix)) return undefined
  if (token === undefined) {
    throw unauthenticated('Invalid Authorization header. No credentials provided.')
  }
  if (rest.length > 0) {
    const sentence = 'Invalid Authorization header. Credentials string should not contain spaces.'
    throw unauthenticated(sentence)
  }
  return token
}

/** The error for a token on a protected view. */
function unauthorizedFor(settings: Settings, failure: DrfJwtFailure) {
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  switch (failure) {
    case 'no_user_id':
      return unauthenticated('Invalid payload.')
    case 'user_not_found':
      return unauthenticated(isFork ? 'Invalid token.' : 'Invalid signature.')
    case 'invalid':
      return unauthenticated(isFork ? 'Invalid token.' : 'Incorrect authentication credentials.')
    case 'revoked':
      return forbidden(drfJwtMessage(settings, failure))
    default:
      return unauthenticated(drfJwtMessage(settings, failure))
  }
}

/** The sentence about a token that was sent to be verified or exchanged. */
export function drfJwtMessage(settings: Settings, failure: DrfJwtFailure): string {
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  switch (failure) {
    case 'expired':
      return isFork ? 'Token has expired.' : 'Signature has expired.'
    // As if JWT_GET_USER_SECRET_KEY gave another key: the signature does not match.
    case 'password_changed':
    case 'undecodable':
      return isFork ? 'Error decoding token.' : 'Error decoding signature.'
    case 'invalid':
      // djangorestframework-jwt answers 500.
      return isFork ? 'Invalid token.' : 'Error decoding signature.'
    case 'no_user_id':
      return isFork ? 'Invalid token.' : 'Invalid payload.'
    case 'user_not_found':
      return "User doesn't exist."
    case 'user_inactive':
      return 'User account is disabled.'
    case 'revoked':
      return 'Token is blacklisted.'
  }
}

// This only chooses the class that verifies the token. The claims are not trusted.
function isSimpleJwtToken(c: Call, token: string): boolean {
  const [scheme] = headerParts(c)
  if (scheme === undefined || !c.var.settings.authHeaderTypes.includes(scheme)) return false
  try {
    return !isDrfJwt(c.var.settings, decodeJwt(token))
  } catch {
    return false
  }
}

function isMalformed(c: Call): boolean {
  const parts = headerParts(c)
  const { prefix } = c.var.settings.drfJwt
  return parts[0] !== undefined && parts.length !== 2 && isSameScheme(parts[0], prefix)
}

const headerParts = (c: Call) => c.req.header('authorization')?.split(/\s+/).filter(Boolean) ?? []

const isSameScheme = (scheme: string, prefix: string) =>
  scheme.toLowerCase() === prefix.toLowerCase()
