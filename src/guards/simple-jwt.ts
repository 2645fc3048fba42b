// rest_framework_simplejwt.authentication.JWTAuthentication, and the words of Simple JWT about a token.

import type { AuthFailure } from '../auth/credential.ts'
import type { Credentials } from '../auth/login-request.ts'
import { readAccessToken, simpleJwtCredential } from '../auth/simple-jwt.ts'
import { credentialFields } from '../bodies/login.ts'
import type { Call } from '../context.ts'
import { recordLoginFailureLater } from '../http/after-response.ts'
import { captchaAtLogin } from '../http/captcha.ts'
import { ApiError, unauthenticated } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import type { Settings } from '../settings/parse.ts'
import { malformedHeader, tokenFromHeader } from '../tokens/authorization-header.ts'
import type { Claims } from '../tokens/claims.ts'
import { readToken, type TokenProblem, type TokenType, type Verified } from '../tokens/jwt.ts'
import type { RequestCredential } from './credential.ts'
import { readAccessCookie } from './token-cookies.ts'

/** Reads the token in AUTH_HEADER_NAME. */
export const jwtAuthentication = (c: Call) => credentialFrom(c, readHeaderToken(c))

/** Reads the access cookie. Django has no such class; it is the last one, and reads nothing beside a header. */
export const cookieAuthentication = (c: Call) => credentialFrom(c, readAccessCookie(c))

async function credentialFrom(
  c: Call,
  token: string | undefined,
): Promise<RequestCredential | undefined> {
  if (token === undefined) return undefined
  const { settings, now } = c.var
  const verified = await verifyAccessToken(c, token)
  const credential = simpleJwtCredential(settings, verified, now)
  const errorFor = (failure: AuthFailure) =>
    unauthenticatedWith(authFailureAnswer(settings, verified.claims, failure))
  if (typeof credential === 'string') throw errorFor(credential)
  return { ...credential, errorFor }
}

/** The claims of the request's access token; undefined if it has none. @throws ApiError 401 */
export async function accessClaims(c: Call): Promise<Claims | undefined> {
  const token = readHeaderToken(c) ?? readAccessCookie(c)
  return token === undefined ? undefined : (await verifyAccessToken(c, token)).claims
}

function readHeaderToken({ req, var: { settings } }: Call): string | undefined {
  const found = tokenFromHeader(req.header(settings.authHeaderName), settings.authHeaderTypes)
  if (found === malformedHeader)
    throw unauthenticated(malformedHeader, { code: 'bad_authorization_header' })
  return found?.token
}

/** Verifies a token of one of AUTH_TOKEN_CLASSES. @throws ApiError 401 */
async function verifyAccessToken(c: Call, token: string): Promise<Verified> {
  const { settings, now } = c.var
  const read = await readAccessToken(settings, token, now)
  if (Array.isArray(read)) throw unauthenticatedWith(tokenNotValidAnswer(settings, read))
  return read
}

/** The claims of a token in a body. It must be of one of the types; without types, of any. @throws ApiError 401 */
export async function readTokenClaims(
  c: Call,
  token: string,
  ...types: TokenType[]
): Promise<Claims> {
  const { settings, now } = c.var
  const [first, ...others] = types
  let claims = await readToken(settings, token, first, now)
  for (const type of others) {
    if (claims === 'wrong_type') claims = await readToken(settings, token, type, now)
  }
  if (typeof claims === 'string') throw tokenError(c, claims)
  return claims
}

/** The 401 of Simple JWT's own views for a token that fails a check. */
export const tokenError = (c: Call, problem: TokenProblem) =>
  unauthorized(c, tokenMessage(c.var.settings, problem), { code: 'token_not_valid' })

/** A 401 of Simple JWT's own views. They name its scheme, even if other authentication classes come first. */
export const unauthorized = (c: Call, detail: string, more: Record<string, unknown> = {}) =>
  new ApiError(
    401,
    { detail, ...more },
    { 'WWW-Authenticate': `${c.var.settings.authHeaderTypes[0]} realm="api"` },
  )

/** The login and password of the body (TokenObtainSerializer). */
export async function readCredentials(c: Call): Promise<Credentials> {
  const { loginField } = c.var.settings
  const sent = await fields(c, credentialFields(c.var.settings))
  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  return { login: String(sent[loginField]), password: String(sent.password), attemptsBeforeCaptcha }
}

/** The 401 of a failed login, which is recorded after the answer. */
export function invalidCredentials(c: Call, { login }: Credentials) {
  recordLoginFailureLater(c, login)
  return unauthorized(c, 'No active account found with the given credentials')
}

/** Simple JWT's sentence about a token, as SIMPLE_JWT_VERSION words it. */
function tokenMessage(settings: Settings, problem: TokenProblem): string {
  const common = settings.simpleJwtVersion === '5.2' ? 'Token is invalid or expired' : undefined
  switch (problem) {
    case 'invalid':
      return common ?? 'Token is invalid'
    case 'expired':
      return common ?? 'Token is expired'
    case 'missing_exp':
      return "Token has no 'exp' claim"
    case 'missing_jti':
      return 'Token has no id'
    case 'missing_type':
      return 'Token has no type'
    case 'wrong_type':
      return 'Token has wrong type'
    case 'missing_refresh_exp':
      return `Token has no '${settings.slidingTokenRefreshExpClaim}' claim`
    case 'refresh_period_expired':
      return `Token '${settings.slidingTokenRefreshExpClaim}' claim has expired`
    case 'blacklisted':
      return 'Token is blacklisted'
  }
}

/** Simple JWT's answer to a token that is valid by itself, but of a user that it refuses. */
export function authFailureAnswer(
  settings: Settings,
  claims: Claims,
  failure: AuthFailure,
): ErrorAnswer {
  switch (failure) {
    case 'no_user_id':
      return {
        detail: 'Token contained no recognizable user identification',
        code: 'token_not_valid',
      }
    case 'user_not_found':
      return { detail: 'User not found', code: 'user_not_found' }
    case 'revoked':
      return tokenBlacklistedAnswer(settings, claims)
    case 'user_inactive':
      return { detail: 'User is inactive', code: 'user_inactive' }
    case 'password_changed':
      return { detail: "The user's password has been changed.", code: 'password_changed' }
  }
}

export interface ErrorAnswer {
  detail: string
  code: string
  messages?: { token_class: string; token_type: string; message: string }[]
}

const unauthenticatedWith = ({ detail, ...more }: ErrorAnswer) => unauthenticated(detail, more)

/** Simple JWT's answer to a token that has a problem for each of AUTH_TOKEN_CLASSES. */
export const tokenNotValidAnswer = (settings: Settings, problems: TokenProblem[]): ErrorAnswer => ({
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: settings.authTokenClasses.map((type, at) => ({
    token_class: tokenClasses[type],
    token_type: type,
    message: tokenMessage(settings, problems[at] ?? 'invalid'),
  })),
})

const tokenClasses = { access: 'AccessToken', sliding: 'SlidingToken' }

function tokenBlacklistedAnswer(settings: Settings, claims: Claims): ErrorAnswer {
  const problems = settings.authTokenClasses.map((type) =>
    claims[settings.tokenTypeClaim] === type ? 'blacklisted' : 'wrong_type',
  )
  return tokenNotValidAnswer(settings, problems)
}
