// rest_framework_jwt's authentication class, in either dialect. It stands before Simple JWT's. Where both
// are asked by the same scheme, the token itself says whose it is: what has a type or `sid` is left
// to Simple JWT; anything else, garbage too, is answered here, by the first class.

import { decodeJwt } from 'jose'
import { admitted, questionOf, type Refusal } from '../auth/drf-jwt.ts'
import type { Call } from '../context.ts'
import { forbidden, unauthenticated } from '../http/errors.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { isDrfJwt } from '../tokens/drf-jwt.ts'
import type { Credential } from './credential.ts'
import { tokenInCookie } from './drf-jwt-cookies.ts'

/** @returns `nobody` for a header that is ours and names none: no other class is asked */
export async function drfJwtAuthentication(c: Call): Promise<Credential | 'nobody' | undefined> {
  const { settings, now } = c.var
  if (!settings.drfJwt.enabled) return undefined
  const token = drfJwtIn(c)
  if (token === undefined) return isMalformed(c) ? 'nobody' : undefined
  if (isSimpleJwts(c, token)) return undefined

  const question = await questionOf(settings, token, now)
  if (typeof question === 'string') throw refused(settings, question)
  return {
    ...question,
    async admit(user: User | undefined, stands: boolean) {
      const known = await admitted(settings, question, user, stands)
      if (typeof known === 'string') throw refused(settings, known)
      return known
    },
  }
}

/**
 * The token of a request: in a header of our scheme, else in a cookie. jpadilla's looks at cookies only
 * where there is no header, Styria's also where the header is no scheme and credentials.
 */
export function drfJwtIn(c: Call): string | undefined {
  const { wire, prefix } = c.var.settings.drfJwt
  const parts = partsOf(c)
  const [scheme, token, ...rest] = parts
  if (scheme === undefined) return tokenInCookie(c)
  if (wire === 'styria' && parts.length !== 2) return tokenInCookie(c)
  if (!isSame(scheme, prefix)) return undefined
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
function refused(settings: Settings, refusal: Refusal) {
  const isStyria = settings.drfJwt.wire === 'styria'
  switch (refusal) {
    case 'nameless':
      return unauthenticated('Invalid payload.')
    case 'unknown':
      return unauthenticated(isStyria ? 'Invalid token.' : 'Invalid signature.')
    case 'invalid':
      return unauthenticated(isStyria ? 'Invalid token.' : 'Incorrect authentication credentials.')
    case 'revoked':
      return forbidden(sentence(settings, refusal))
    default:
      return unauthenticated(sentence(settings, refusal))
  }
}

/** What is said of a token that was sent to be verified or exchanged. */
export function sentence(settings: Settings, refusal: Refusal): string {
  const isStyria = settings.drfJwt.wire === 'styria'
  switch (refusal) {
    case 'expired':
      return isStyria ? 'Token has expired.' : 'Signature has expired.'
    case 'undecodable':
      return isStyria ? 'Error decoding token.' : 'Error decoding signature.'
    case 'invalid':
      // jpadilla's answers 500.
      return isStyria ? 'Invalid token.' : 'Error decoding signature.'
    case 'nameless':
      return isStyria ? 'Invalid token.' : 'Invalid payload.'
    case 'unknown':
      return "User doesn't exist."
    case 'disabled':
      return 'User account is disabled.'
    case 'revoked':
      return 'Token is blacklisted.'
  }
}

// Only to choose the class that verifies it: nothing here is believed.
function isSimpleJwts(c: Call, token: string): boolean {
  const [scheme] = partsOf(c)
  if (scheme === undefined || !c.var.settings.authHeaderTypes.includes(scheme)) return false
  try {
    return !isDrfJwt(c.var.settings, decodeJwt(token))
  } catch {
    return false
  }
}

function isMalformed(c: Call): boolean {
  const parts = partsOf(c)
  const { prefix } = c.var.settings.drfJwt
  return parts[0] !== undefined && parts.length !== 2 && isSame(parts[0], prefix)
}

const partsOf = (c: Call) => c.req.header('authorization')?.split(/\s+/).filter(Boolean) ?? []

const isSame = (scheme: string, prefix: string) => scheme.toLowerCase() === prefix.toLowerCase()
