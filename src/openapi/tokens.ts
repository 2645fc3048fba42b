// The tokens of Simple JWT, as a pair and sliding, and the keys of authtoken.

import type * as v from 'valibot'
import {
  authtokenCredentialFields,
  credentialFields,
  djoserCredentialFields,
} from '../bodies/login.ts'
import { refreshFields, tokenFields, verifyFields } from '../bodies/tokens.ts'
import type { Settings } from '../settings/parse.ts'
import { drfJwtOperations } from './drf-jwt.ts'
import { noBody, type Operation } from './operations.ts'
import { jwt, loginAnswer, object } from './schemas.ts'

const access = jwt('Sent as `Authorization: Bearer …` until it expires.', 'AccessTokenClaims')
const refresh = jwt('Exchanged for the next access token.')
const refused = 'The token is invalid, expired, revoked, or of a user that may not log in.'
const wrongCredentials = 'The credentials are wrong, or the account is not active.'

export const tokenOperations = (settings: Settings): Operation[] => [
  ...pairOperations(settings, 'jwt'),
  ...pairOperations(settings, 'token'),
  {
    request: 'POST /api/token/blacklist/',
    id: 'tokenBlacklist',
    tag: 'Simple JWT',
    summary: 'Log out by the refresh token',
    caller: 'anyone',
    body: unlessInCookie(settings, refreshFields),
    answers: { 200: { description: 'The session has ended.', schema: object({}) } },
    errors: { 401: refused },
    limited: true,
    cookies: true,
  },
  {
    request: 'POST /auth/jwt/logout/',
    id: 'jwtLogout',
    tag: 'JWT',
    summary: 'Log out',
    description:
      'Ends the session of the refresh token; without one, that of the access token or the cookies.',
    caller: 'anyone, checked',
    body: refreshFields,
    answers: noBody('The session has ended.'),
    errors: { 401: refused },
    limited: true,
    cookies: true,
  },
  ...slidingOperations(settings),
  ...(settings.drfJwt.enabled ? drfJwtOperations(settings) : [obtainAuthtoken()]),
  ...djoserOperations(settings),
]

/** The fields of a body that a cookie may replace. Without our cookies, they are required. */
const unlessInCookie = <T>(
  { authCookies }: Settings,
  fields: Record<string, v.OptionalSchema<v.GenericSchema<unknown, T>, undefined>>,
) =>
  authCookies.access === ''
    ? Object.fromEntries(Object.entries(fields).map(([name, { wrapped }]) => [name, wrapped]))
    : fields

/** Simple JWT's views, at Djoser's paths and at those of its own documentation. */
function pairOperations(settings: Settings, at: 'jwt' | 'token'): Operation[] {
  const { rotateRefreshTokens, authCookies } = settings
  const tag = at === 'jwt' ? 'JWT' : 'Simple JWT'
  const paths =
    at === 'jwt'
      ? (['/auth/jwt/create/', '/auth/jwt/refresh/', '/auth/jwt/verify/'] as const)
      : (['/api/token/', '/api/token/refresh/', '/api/token/verify/'] as const)
  const [create, refreshPath, verify] = paths
  return [
    {
      request: `POST ${create}`,
      id: `${at}Create`,
      captcha: 'login',
      tag,
      summary: 'Log in',
      caller: 'anyone',
      body: credentialFields(settings),
      answers: {
        200: {
          description: 'The pair of tokens of a new session.',
          schema: loginAnswer({ access, refresh }),
        },
      },
      errors: { 401: wrongCredentials },
      limited: true,
      cookies: true,
    },
    {
      request: `POST ${refreshPath}`,
      id: `${at}Refresh`,
      tag,
      summary: 'Get the next access token',
      ...(authCookies.access !== '' && { description: 'The refresh token may be in its cookie.' }),
      caller: 'anyone',
      body: unlessInCookie(settings, refreshFields),
      answers: {
        200: {
          description: rotateRefreshTokens
            ? 'A new pair of tokens. The refresh token that was sent is used up.'
            : 'An access token. The refresh token stays valid.',
          schema: object({ access, ...(rotateRefreshTokens && { refresh }) }),
        },
      },
      errors: { 401: refused },
      limited: true,
      cookies: true,
    },
    {
      request: `POST ${verify}`,
      id: `${at}Verify`,
      tag,
      summary: 'Check a token',
      caller: 'anyone',
      body: unlessInCookie(settings, verifyFields),
      answers: { 200: { description: 'The token is valid.', schema: object({}) } },
      errors: { 401: 'The token is invalid or expired.' },
      limited: true,
      cookies: true,
    },
  ]
}

function slidingOperations(settings: Settings): Operation[] {
  const token = jwt('Sent as `Authorization: Bearer …`, and exchanged before it expires.')
  return [
    {
      request: 'POST /api/token/sliding/',
      id: 'slidingCreate',
      captcha: 'login',
      tag: 'Sliding tokens',
      summary: 'Log in',
      caller: 'anyone',
      body: credentialFields(settings),
      answers: { 200: { description: 'The token.', schema: loginAnswer({ token }) } },
      errors: { 401: wrongCredentials },
      limited: true,
    },
    {
      request: 'POST /api/token/sliding/refresh/',
      id: 'slidingRefresh',
      tag: 'Sliding tokens',
      summary: 'Get the next token',
      caller: 'anyone',
      body: tokenFields,
      answers: { 200: { description: 'The next token.', schema: object({ token }) } },
      errors: { 401: refused },
      limited: true,
    },
  ]
}

const key = { type: 'string', description: 'Sent as `Authorization: Token …` until logout.' }

const obtainAuthtoken = (): Operation => ({
  request: 'POST /api-token-auth/',
  id: 'obtainAuthtoken',
  captcha: 'login',
  tag: 'Authtoken',
  summary: 'Log in',
  description: 'The field is called `username`, whatever users log in with.',
  caller: 'anyone, checked',
  body: authtokenCredentialFields,
  answers: { 200: { description: 'The key.', schema: loginAnswer({ token: key }) } },
  limited: true,
})

const djoserOperations = (settings: Settings): Operation[] => [
  {
    request: 'POST /auth/token/login/',
    id: 'authtokenLogin',
    captcha: 'login',
    tag: 'Authtoken',
    summary: 'Log in, at the path of Djoser',
    caller: 'anyone, checked',
    body: djoserCredentialFields(settings),
    answers: { 200: { description: 'The key.', schema: loginAnswer({ auth_token: key }) } },
    limited: true,
  },
  {
    request: 'POST /auth/token/logout/',
    id: 'authtokenLogout',
    tag: 'Authtoken',
    summary: 'Log out',
    caller: 'user',
    answers: noBody("The user's keys are deleted."),
    errors: { 403: 'The caller is impersonated.' },
    limited: true,
  },
]
