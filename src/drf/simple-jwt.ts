// rest_framework_simplejwt.authentication.JWTAuthentication, and what Simple JWT says of a token.

import { type SQL, sql } from 'drizzle-orm'
import { canAuthenticate } from '../accounts/custom.ts'
import type { Call } from '../context.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'
import {
  type Claims,
  isCurrent,
  isMarked,
  readToken,
  type TokenProblem,
  type TokenType,
} from '../tokens/jwt.ts'
import { isLiving } from '../tokens/sessions.ts'
import { isTakenBack } from '../tokens/sliding.ts'
import { idNamedBy } from '../tokens/subject.ts'
import { accessInCookie } from './auth-cookies.ts'
import type { Credential } from './authentication.ts'
import { ApiError, unauthenticated } from './errors.ts'

export const jwtAuthentication = (c: Call) => credentialOf(c, tokenInHeader(c))

/** Ours, for browsers: the last class, which looks only where no header says who calls. */
export const cookieAuthentication = (c: Call) => credentialOf(c, accessInCookie(c))

async function credentialOf(c: Call, token: string | undefined): Promise<Credential | undefined> {
  if (token === undefined) return undefined
  const { settings, now } = c.var
  const claims = await claimsIn(c, token)
  return {
    claims,
    userId: userIdIn(settings, claims),
    stands: stands(settings, claims, now),
    admit: (user, stands) => admit(settings, claims, user, stands),
  }
}

/** SQL: whether the token has not been taken back; of an access token, whether its session lives. */
function stands(settings: Settings, claims: Claims, now: Date): SQL<number> {
  if (isSliding(settings, claims)) return sql`not ${isTakenBack(settings, claims)}`
  const { sid } = claims
  return settings.checkSession && typeof sid === 'string' ? isLiving(sid, now) : sql`1`
}

/** The claims of the token that calls; undefined where there is none. */
export async function accessClaims(c: Call): Promise<Claims | undefined> {
  const token = tokenInHeader(c) ?? accessInCookie(c)
  return token === undefined ? undefined : claimsIn(c, token)
}

/** The claims of a token of one of AUTH_TOKEN_CLASSES. */
async function claimsIn(c: Call, token: string): Promise<Claims> {
  const { settings, now } = c.var
  const problems: TokenProblem[] = []
  for (const type of settings.authTokenClasses) {
    const claims = await readToken(settings, token, type, now)
    if (typeof claims !== 'string') return claims
    problems.push(claims)
  }
  throw notValid(settings, problems)
}

/** The claims of a token in a body, of any of the types; of every type if none is named. */
export async function claimsOf(c: Call, token: string, ...types: TokenType[]): Promise<Claims> {
  const { settings, now } = c.var
  const [first, ...others] = types
  let claims = await readToken(settings, token, first, now)
  for (const type of others) {
    if (claims === 'wrong type') claims = await readToken(settings, token, type, now)
  }
  if (typeof claims === 'string') throw refused(c, claims)
  return claims
}

export const refused = (c: Call, problem: TokenProblem) =>
  turnedAway(c, sentence(c.var.settings, problem), { code: 'token_not_valid' })

/** A 401 of Simple JWT's own views, which name its scheme whatever classes stand before its own. */
export const turnedAway = (c: Call, detail: string, more: Record<string, unknown> = {}) =>
  new ApiError(
    401,
    { detail, ...more },
    { 'WWW-Authenticate': `${c.var.settings.authHeaderTypes[0]} realm="api"` },
  )

/** What Simple JWT says of a token, in the words of the version that is spoken. */
function sentence(settings: Settings, problem: TokenProblem): string {
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
    case 'no refresh_exp':
      return `Token has no '${settings.slidingTokenRefreshExpClaim}' claim`
    case 'refresh_exp expired':
      return `Token '${settings.slidingTokenRefreshExpClaim}' claim has expired`
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
  if (!stands) throw blacklisted(settings, claims)
  if ((settings.checkUserIsActive && user.status !== 'active') || !canAuthenticate(user)) {
    throw unauthenticated('User is inactive', { code: 'user_inactive' })
  }
  const isUnchanged = isSliding(settings, claims) ? isMarked : isCurrent
  if (!(await isUnchanged(settings, claims, user))) {
    throw unauthenticated("The user's password has been changed.", { code: 'password_changed' })
  }
  return user
}

// Schemes are told apart by case, as Simple JWT does; another scheme is somebody else's business.
function tokenInHeader({ req, var: { settings } }: Call): string | undefined {
  const [scheme, token, ...rest] = req.header(settings.authHeaderName)?.trim().split(/\s+/) ?? []
  if (scheme === undefined || !settings.authHeaderTypes.includes(scheme)) return undefined
  if (token === undefined || rest.length > 0) {
    throw unauthenticated('Authorization header must contain two space-delimited values', {
      code: 'bad_authorization_header',
    })
  }
  return token
}

/** A problem for each of AUTH_TOKEN_CLASSES. */
const notValid = (settings: Settings, problems: TokenProblem[]) =>
  unauthenticated('Given token not valid for any token type', {
    code: 'token_not_valid',
    messages: settings.authTokenClasses.map((type, at) => ({
      token_class: tokenClasses[type],
      token_type: type,
      message: sentence(settings, problems[at] ?? 'invalid'),
    })),
  })

const tokenClasses = { access: 'AccessToken', sliding: 'SlidingToken' }

function blacklisted(settings: Settings, claims: Claims) {
  const isOwn = (type: TokenType) => claims[settings.tokenTypeClaim] === type
  const problems = settings.authTokenClasses.map((type) =>
    isOwn(type) ? 'blacklisted' : 'wrong type',
  )
  return notValid(settings, problems)
}

const isSliding = (settings: Settings, claims: Claims) =>
  claims[settings.tokenTypeClaim] === 'sliding'

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
