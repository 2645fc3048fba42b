// rest_framework_jwt.views, at the paths of their documentation, for both packages. With DRF_JWT off these routes do not
// exist. Only the package drf-jwt has impersonation and a blacklist: routes/impersonation.ts.

import { type Context, Hono, type MiddlewareHandler, type Next } from 'hono'
import { createMiddleware } from 'hono/factory'
import { findDrfJwtUser, type TokenUser } from '../auth/drf-jwt.ts'
import { checkCredentials } from '../auth/login.ts'
import { drfJwtCredentialFields } from '../bodies/login.ts'
import { tokenFields } from '../bodies/tokens.ts'
import type { App } from '../context.ts'
import { drfJwtMessage } from '../guards/drf-jwt.ts'
import { checkDrfJwtOrigin, setDrfJwtCookie } from '../guards/drf-jwt-cookies.ts'
import { loginResponseFor } from '../hooks.ts'
import { finishLoginLater, recordLoginFailureLater } from '../http/after-response.ts'
import { captchaAtLogin } from '../http/captcha.ts'
import { nonFieldError } from '../http/errors.ts'
import { fields } from '../http/fields.ts'
import { rateLimit, rateLimitToken } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from '../tokens/claims.ts'
import { newDrfJwt } from '../tokens/drf-jwt.ts'

export const drfJwtRoutes = new Hono<App>()

const obtainView = view('Obtain JSON Web Token', ['POST'], {
  description: `API View that receives a POST with a user's username and password.

Returns a JSON Web Token that can be used for authenticated requests.`,
})
const verifyView = view('Verify JSON Web Token', ['POST'], {
  description: `API View that checks the veracity of a token, returning the token if it
is valid.`,
})
const refreshView = view('Refresh JSON Web Token', ['POST'], {
  description: `API View that returns a refreshed token (with new expiration) based on
existing token

If 'orig_iat' field (original issued-at-time) is found it will first check
if it's within expiration window, then copy it to the new token.`,
})

mountIfEnabled('/api-token-auth/', obtainView, rateLimit('login'), obtainToken)
mountIfEnabled('/api-token-verify/', verifyView, rateLimitToken('verify'), verifyToken)
mountIfEnabled('/api-token-refresh/', refreshView, rateLimitToken('refresh'), refreshToken)

/** With DRF_JWT off, the request passes on: `/api-token-auth/` is then authtoken's. */
function mountIfEnabled(
  path: string,
  pathView: MiddlewareHandler<App>,
  limit: MiddlewareHandler<App>,
  handler: (c: Context<App>) => Promise<Response>,
) {
  drfJwtRoutes.use(path, ifEnabled(pathView), ifEnabled(checkOrigin))
  drfJwtRoutes.post(path, ifEnabled(limit), ifEnabled(handler))
}

function ifEnabled(middleware: MiddlewareHandler<App>) {
  return createMiddleware<App>((c, next) =>
    c.var.settings.drfJwt.enabled ? middleware(c, next) : next(),
  )
}

async function checkOrigin(c: Context<App>, next: Next) {
  checkDrfJwtOrigin(c)
  await next()
}

async function obtainToken(c: Context<App>) {
  const { db, settings, now } = c.var
  const sent: Record<string, string> = await fields(c, drfJwtCredentialFields(settings))

  const login = String(sent[settings.loginField])
  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login, password: String(sent.password), attemptsBeforeCaptcha }
  const how = { kind: 'drf-jwt' } as const
  const user = await checkCredentials(db, settings, credentials, how, requestInfo(c))
  if (!user) {
    recordLoginFailureLater(c, login)
    throw nonFieldError('Unable to log in with provided credentials.')
  }

  finishLoginLater(c, user, 'drf-jwt', credentials.password)
  const { token, claims } = await newDrfJwt(settings, user, {}, now)
  return tokenResponse(c, token, user, claims)
}

async function verifyToken(c: Context<App>) {
  const { token } = await fields(c, tokenFields)
  const { user, claims } = await readTokenUser(c, token)

  return tokenResponse(c, token, user, claims)
}

async function refreshToken(c: Context<App>) {
  const { settings, now } = c.var
  const sent = await fields(c, tokenFields)
  const { user, claims: parent } = await readTokenUser(c, sent.token)

  const { orig_iat } = parent
  if (typeof orig_iat !== 'number') {
    throw nonFieldError(
      isDrfJwtPackage(settings)
        ? 'orig_iat field not found in token.'
        : 'orig_iat field is required.',
    )
  }
  if (now.getTime() / 1000 > orig_iat + settings.drfJwt.refreshLifetime) {
    throw nonFieldError('Refresh has expired.')
  }

  const { token, claims } = await newDrfJwt(settings, user, { parent }, now)
  return tokenResponse(c, token, user, claims)
}

/** Whether DRF_JWT_PACKAGE is drf-jwt, and not the older djangorestframework-jwt. */
const isDrfJwtPackage = ({ drfJwt }: Settings) => drfJwt.packageName === 'drf-jwt'

/** The answer of JWT_RESPONSE_PAYLOAD_HANDLER, and the cookie. A token for impersonation has a cookie of its own. */
function tokenResponse(c: Context<App>, token: string, user: User, claims: Claims): Response {
  const { settings } = c.var
  const { lifetime, cookie, impersonationCookie } = settings.drfJwt
  setDrfJwtCookie(c, claims.act === undefined ? cookie : impersonationCookie, token)
  const more = loginResponseFor({ user, expiresIn: lifetime })
  return isDrfJwtPackage(settings)
    ? c.json({ pk: claims.iat ?? null, token, ...more }, 201)
    : c.json({ token, ...more })
}

async function readTokenUser(c: Context<App>, token: string): Promise<TokenUser> {
  const { db, settings, now } = c.var
  const found = await findDrfJwtUser(db, settings, token, now)
  if (typeof found === 'string') throw nonFieldError(drfJwtMessage(settings, found))
  return found
}
