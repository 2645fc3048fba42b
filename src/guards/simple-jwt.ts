// rest_framework_simplejwt.authentication.JWTAuthentication, and what Simple JWT says of a token.

import type { Credentials } from '../auth/login.ts'
import { admitted, questionOf, type Refusal, readBearer } from '../auth/simple-jwt.ts'
import type { Call } from '../context.ts'
import { triesAtLogIn } from '../http/captcha.ts'
import { ApiError, unauthenticated } from '../http/errors.ts'
import { fields, password, text } from '../http/fields.ts'
import { noteFailureLater } from '../http/request-info.ts'
import type { Settings } from '../settings/parse.ts'
import { malformed, tokenIn } from '../tokens/authorization-header.ts'
import {
  type Claims,
  readToken,
  type TokenProblem,
  type TokenType,
  type Verified,
} from '../tokens/jwt.ts'
import type { Credential } from './credential.ts'
import { accessInCookie } from './token-cookies.ts'

export const jwtAuthentication = (c: Call) => credentialOf(c, tokenInHeader(c))

/** Ours, for browsers: the last class, which looks only where no header says who calls. */
export const cookieAuthentication = (c: Call) => credentialOf(c, accessInCookie(c))

async function credentialOf(c: Call, token: string | undefined): Promise<Credential | undefined> {
  if (token === undefined) return undefined
  const { settings, now } = c.var
  const bearer = await bearerIn(c, token)
  const { claims } = bearer
  const question = questionOf(settings, bearer, now)
  if (typeof question === 'string') throw notLetIn(settings, claims, question)
  return {
    claims,
    ...question,
    async admit(user, stands) {
      const known = await admitted(settings, claims, user, stands)
      if (typeof known === 'string') throw notLetIn(settings, claims, known)
      return known
    },
  }
}

/** The claims of the token that calls; undefined where there is none. */
export async function accessClaims(c: Call): Promise<Claims | undefined> {
  const token = tokenInHeader(c) ?? accessInCookie(c)
  return token === undefined ? undefined : (await bearerIn(c, token)).claims
}

function tokenInHeader({ req, var: { settings } }: Call): string | undefined {
  const sent = tokenIn(req.header(settings.authHeaderName), settings.authHeaderTypes)
  if (sent === malformed) throw unauthenticated(malformed, { code: 'bad_authorization_header' })
  return sent?.token
}

/** A token of one of AUTH_TOKEN_CLASSES. */
async function bearerIn(c: Call, token: string): Promise<Verified> {
  const { settings, now } = c.var
  const read = await readBearer(settings, token, now)
  if (Array.isArray(read)) throw complaining(notValid(settings, read))
  return read
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

/** What is sent to log in (TokenObtainSerializer). */
export async function credentialsIn(c: Call): Promise<Credentials> {
  const { loginField } = c.var.settings
  const sent = await fields(c, { [loginField]: text(), password: password() })
  const tries = await triesAtLogIn(c)
  return { login: String(sent[loginField]), password: String(sent.password), tries }
}

/** A log-in that failed, which is noted later. */
export function noAccount(c: Call, { login }: Credentials) {
  noteFailureLater(c, login)
  return turnedAway(c, 'No active account found with the given credentials')
}

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

/** What is said of who is not let in, by a token that is sound. */
export function refusalBody(settings: Settings, claims: Claims, refusal: Refusal): Complaint {
  switch (refusal) {
    case 'nameless':
      return {
        detail: 'Token contained no recognizable user identification',
        code: 'token_not_valid',
      }
    case 'unknown':
      return { detail: 'User not found', code: 'user_not_found' }
    case 'taken back':
      return blacklisted(settings, claims)
    case 'inactive':
      return { detail: 'User is inactive', code: 'user_inactive' }
    case 'password changed':
      return { detail: "The user's password has been changed.", code: 'password_changed' }
  }
}

export interface Complaint {
  detail: string
  code: string
  messages?: { token_class: string; token_type: string; message: string }[]
}

const notLetIn = (settings: Settings, claims: Claims, refusal: Refusal) =>
  complaining(refusalBody(settings, claims, refusal))

const complaining = ({ detail, ...more }: Complaint) => unauthenticated(detail, more)

/** What is said of a token with a problem for each of AUTH_TOKEN_CLASSES. */
export const notValid = (settings: Settings, problems: TokenProblem[]): Complaint => ({
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: settings.authTokenClasses.map((type, at) => ({
    token_class: tokenClasses[type],
    token_type: type,
    message: sentence(settings, problems[at] ?? 'invalid'),
  })),
})

const tokenClasses = { access: 'AccessToken', sliding: 'SlidingToken' }

function blacklisted(settings: Settings, claims: Claims): Complaint {
  const isOwn = (type: TokenType) => claims[settings.tokenTypeClaim] === type
  const problems = settings.authTokenClasses.map((type) =>
    isOwn(type) ? 'blacklisted' : 'wrong type',
  )
  return notValid(settings, problems)
}
