// rest_framework_jwt's authentication class, in either dialect. It stands before Simple JWT's. Where both
// are asked by the same scheme, the token itself says whose it is: what has a type or `sid` is left
// to Simple JWT; anything else, garbage too, is answered here, by the first class.

import { decodeJwt } from 'jose'
import { checkDrfJwtUser, type DrfJwtFailure, drfJwtUserLookup } from '../auth/drf-jwt.ts'
import type { Call } from '../context.ts'
import { forbidden, unauthenticated } from '../http/errors.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { isDrfJwt } from '../tokens/drf-jwt.ts'
import type { Credential } from './credential.ts'
import { readTokenCookie } from './drf-jwt-cookies.ts'

/** @returns `nobody` for a header that is ours and names none: no other class is asked */
export async function drfJwtAuthentication(c: Call): Promise<Credential | 'anonymous' | undefined> {
  const { settings, now } = c.var
  if (!settings.drfJwt.enabled) return undefined
  const token = readDrfJwtToken(c)
  if (token === undefined) return isMalformed(c) ? 'anonymous' : undefined
  if (isSimpleJwtToken(c, token)) return undefined

  const question = await drfJwtUserLookup(settings, token, now)
  if (typeof question === 'string') throw unauthorizedFor(settings, question)
  return {
    ...question,
    async checkUser(user: User | undefined, stands: boolean) {
      const known = await checkDrfJwtUser(settings, question, user, stands)
      if (typeof known === 'string') throw unauthorizedFor(settings, known)
      return known
    },
  }
}

/**
 * The token of a request: in a header of our scheme, else in a cookie. jpadilla's looks at cookies only
 * where there is no header, Styria's also where the header is no scheme and credentials.
 */
export function readDrfJwtToken(c: Call): string | undefined {
  const { packageName, prefix } = c.var.settings.drfJwt
  const parts = headerParts(c)
  const [scheme, token, ...rest] = parts
  if (scheme === undefined) return readTokenCookie(c)
  if (packageName === 'drf-jwt' && parts.length !== 2) return readTokenCookie(c)
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

/** What is said of a token on a protected view. */
function unauthorizedFor(settings: Settings, refusal: DrfJwtFailure) {
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  switch (refusal) {
    case 'no_user_id':
      return unauthenticated('Invalid payload.')
    case 'user_not_found':
      return unauthenticated(isFork ? 'Invalid token.' : 'Invalid signature.')
    case 'invalid':
      return unauthenticated(isFork ? 'Invalid token.' : 'Incorrect authentication credentials.')
    case 'revoked':
      return forbidden(drfJwtMessage(settings, refusal))
    default:
      return unauthenticated(drfJwtMessage(settings, refusal))
  }
}

/** What is said of a token that was sent to be verified or exchanged. */
export function drfJwtMessage(settings: Settings, refusal: DrfJwtFailure): string {
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  switch (refusal) {
    case 'expired':
      return isFork ? 'Token has expired.' : 'Signature has expired.'
    case 'undecodable':
      return isFork ? 'Error decoding token.' : 'Error decoding signature.'
    case 'invalid':
      // jpadilla's answers 500.
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

// Only to choose the class that verifies it: nothing here is believed.
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
