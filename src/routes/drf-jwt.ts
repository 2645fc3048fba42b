// rest_framework_jwt.views, at the paths of its documents, in either dialect. With DRF_JWT off none of them
// is there. Styria's alone can impersonate and blacklist: routes/impersonation.ts.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { findDrfJwtUser, type TokenUser } from '../auth/drf-jwt.ts'
import { checkCredentials } from '../auth/login.ts'
import type { App } from '../context.ts'
import { drfJwtMessage } from '../guards/drf-jwt.ts'
import { checkOriginWithCookies, setTokenCookie } from '../guards/drf-jwt-cookies.ts'
import { loginResponseFor } from '../hooks.ts'
import { captchaAtLogin } from '../http/captcha.ts'
import { invalid } from '../http/errors.ts'
import { fields, password, text } from '../http/fields.ts'
import { rateLimit, rateLimitToken } from '../http/rate-limit.ts'
import { recordLoginFailureLater, requestInfo, sendLoginAlertLater } from '../http/request-info.ts'
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

drfJwtRoutes.use('/api-token-auth/', whereOn(obtainView), whereOn(ownPage))
drfJwtRoutes.use('/api-token-verify/', whereOn(verifyView), whereOn(ownPage))
drfJwtRoutes.use('/api-token-refresh/', whereOn(refreshView), whereOn(ownPage))

drfJwtRoutes.post('/api-token-auth/', whereOn(rateLimit('login')), async (c, next) => {
  const { db, settings, now } = c.var
  if (!settings.drfJwt.enabled) return next()
  const name = { [settings.loginField]: text() }
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  const sent: Record<string, string> = await fields(
    c,
    isFork ? { password: password(), ...name } : { ...name, password: password() },
  )

  const login = String(sent[settings.loginField])
  const attemptsBeforeCaptcha = await captchaAtLogin(c)
  const credentials = { login, password: String(sent.password), attemptsBeforeCaptcha }
  const user = await checkCredentials(
    db,
    settings,
    credentials,
    { kind: 'drf-jwt' },
    requestInfo(c),
  )
  if (!user) {
    recordLoginFailureLater(c, login)
    throw refused('Unable to log in with provided credentials.')
  }

  sendLoginAlertLater(c)
  const { token, claims } = await newDrfJwt(settings, user, {}, now)
  return answer(c, token, user, claims)
})

drfJwtRoutes.post('/api-token-verify/', whereOn(rateLimitToken('verify')), async (c, next) => {
  if (!c.var.settings.drfJwt.enabled) return next()
  const { token } = await fields(c, { token: text() })
  const { user, claims } = await holderOf(c, token)

  return answer(c, token, user, claims)
})

drfJwtRoutes.post('/api-token-refresh/', whereOn(rateLimitToken('refresh')), async (c, next) => {
  const { settings, now } = c.var
  if (!settings.drfJwt.enabled) return next()
  const isFork = settings.drfJwt.packageName === 'drf-jwt'
  const sent = await fields(c, { token: text() })
  const { user, claims: parent } = await holderOf(c, sent.token)

  const { orig_iat } = parent
  if (typeof orig_iat !== 'number') {
    throw refused(isFork ? 'orig_iat field not found in token.' : 'orig_iat field is required.')
  }
  if (now.getTime() / 1000 > orig_iat + settings.drfJwt.refreshLifetime) {
    throw refused('Refresh has expired.')
  }

  const { token, claims } = await newDrfJwt(settings, user, { parent }, now)
  return answer(c, token, user, claims)
})

/** What JWT_RESPONSE_PAYLOAD_HANDLER makes of a token. */
const responsePayload = (
  { drfJwt: { packageName, lifetime } }: Settings,
  token: string,
  user: User,
  { iat }: Claims,
) => ({
  ...(packageName === 'drf-jwt' && { pk: iat ?? null }),
  token,
  ...loginResponseFor({ user, expiresIn: lifetime }),
})

// Whoever acts through a token keeps it apart from his own.
function answer(c: Context<App>, token: string, user: User, claims: Claims): Response {
  const { settings } = c.var
  const { packageName, cookie, impersonationCookie } = settings.drfJwt
  setTokenCookie(c, claims.act === undefined ? cookie : impersonationCookie, token)
  return c.json(
    responsePayload(settings, token, user, claims),
    packageName === 'drf-jwt' ? 201 : 200,
  )
}

async function holderOf(c: Context<App>, token: string): Promise<TokenUser> {
  const { db, settings, now } = c.var
  const holder = await findDrfJwtUser(db, settings, token, now)
  if (typeof holder === 'string') throw refused(drfJwtMessage(settings, holder))
  return holder
}

const refused = (sentence: string) => invalid({ non_field_errors: [sentence] })

async function ownPage(c: Context<App>, next: () => Promise<void>) {
  checkOriginWithCookies(c)
  await next()
}

/** A middleware that is passed over with DRF_JWT off, when the path may be another's. */
function whereOn(middleware: MiddlewareHandler<App>) {
  return createMiddleware<App>((c, next) =>
    c.var.settings.drfJwt.enabled ? middleware(c, next) : next(),
  )
}
