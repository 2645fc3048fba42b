// rest_framework_simplejwt.authentication.JWTAuthentication, and what Simple JWT says of a token.

import { type SQL, sql } from 'drizzle-orm'
import type { Call } from '../context.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { type Claims, isCurrent, readToken, type TokenProblem } from '../tokens/jwt.ts'
import { isLiving } from '../tokens/sessions.ts'
import { idNamedBy } from '../tokens/subject.ts'
import type { Credential } from './authentication.ts'
import { unauthenticated } from './errors.ts'

export async function jwtAuthentication(c: Call): Promise<Credential | undefined> {
  const { settings, now } = c.var
  const claims = await accessClaims(c)
  if (!claims) return undefined
  const { sid } = claims
  return {
    claims,
    userId: userIdIn(settings, claims),
    stands: settings.checkSession && typeof sid === 'string' ? isLiving(sid, now) : sql`1`,
    admit: (user, stands) => admit(settings, claims, user, stands),
  }
}

/** The claims of the access token in the header; undefined where there is none. */
export async function accessClaims(c: Call): Promise<Claims | undefined> {
  const { settings, now } = c.var
  const token = tokenIn(c.req.header(settings.authHeaderName), settings)
  if (token === undefined) return undefined
  const claims = await readToken(settings, token, 'access', now)
  if (typeof claims === 'string') throw notValid(settings, claims)
  return claims
}

/** What Simple JWT says of a token, in the words of the version that is spoken. */
export function sentence(settings: Settings, problem: TokenProblem): string {
  const both = settings.simpleJwtWire === '5.2' ? 'Token is invalid or expired' : undefined
  switch (problem) {
    case 'invalid':
      return both ?? 'Token is invalid'
    case 'expired':
      return both ?? 'Token is expired'
    case 'no exp':
      return "Token has no 'exp' claim"
    case 'no id':
      return 'Token has no id'
    case 'no type':
      return 'Token has no type'
    case 'wrong type':
      return 'Token has wrong type'
    case 'blacklisted':
      return 'Token is blacklisted'
  }
}

async function admit(
  settings: Settings,
  claims: Claims,
  user: User | undefined,
  stands: boolean,
): Promise<User> {
  if (!user) throw unauthenticated('User not found', { code: 'user_not_found' })
  if (settings.checkUserIsActive && user.status !== 'active') {
    throw unauthenticated('User is inactive', { code: 'user_inactive' })
  }
  if (!stands) throw notValid(settings, 'blacklisted')
  if (!(await isCurrent(settings, claims, user.id, user.tokenVersion))) {
    throw unauthenticated("The user's password has been changed.", { code: 'password_changed' })
  }
  return user
}

// Schemes are told apart by case, as Simple JWT does; another scheme is somebody else's business.
function tokenIn(header: string | undefined, settings: Settings): string | undefined {
  const [scheme, token, ...rest] = header?.trim().split(/\s+/) ?? []
  if (scheme === undefined || !settings.authHeaderTypes.includes(scheme)) return undefined
  if (token === undefined || rest.length > 0) {
    throw unauthenticated('Authorization header must contain two space-delimited values', {
      code: 'bad_authorization_header',
    })
  }
  return token
}

const notValid = (settings: Settings, problem: TokenProblem) =>
  unauthenticated('Given token not valid for any token type', {
    code: 'token_not_valid',
    messages: [
      { token_class: 'AccessToken', token_type: 'access', message: sentence(settings, problem) },
    ],
  })

function userIdIn(settings: Settings, claims: Claims): SQL<number> {
  if (claims[settings.userIdClaim] === undefined) {
    throw unauthenticated('Token contained no recognizable user identification', {
      code: 'token_not_valid',
    })
  }
  const id = idNamedBy(settings, claims)
  if (!id) throw unauthenticated('User not found', { code: 'user_not_found' })
  return id
}
