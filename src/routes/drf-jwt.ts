// rest_framework_jwt.views, at the paths of its documents, in either dialect. With DRF_JWT off none of them
// is there. Styria's alone can impersonate and blacklist: routes/impersonation.ts.

import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { findHolder, type Holder } from '../auth/drf-jwt.ts'
import { prove } from '../auth/login.ts'
import type { App } from '../context.ts'
import { sentence } from '../guards/drf-jwt.ts'
import { keepInCookie, refuseForeignWhereCookiesAre } from '../guards/drf-jwt-cookies.ts'
import { answerTo } from '../hooks.ts'
import { triesAtLogIn } from '../http/captcha.ts'
import { invalid } from '../http/errors.ts'
import { fields, password, text } from '../http/fields.ts'
import { throttle, throttleToken } from '../http/rate-limit.ts'
import { noteFailureLater, occasionOf, tellOfLogInLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { newDrfJwt } from '../tokens/drf-jwt.ts'
import type { Claims } from '../tokens/jwt.ts'

export const drfJwt = new Hono<App>()

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

drfJwt.use('/api-token-auth/', whereOn(obtainView), whereOn(ownPage))
drfJwt.use('/api-token-verify/', whereOn(verifyView), whereOn(ownPage))
drfJwt.use('/api-token-refresh/', whereOn(refreshView), whereOn(ownPage))

drfJwt.post('/api-token-auth/', whereOn(throttle('log-in')), async (c, next) => {
  const { db, settings, now } = c.var
  if (!settings.drfJwt.enabled) return next()
  const name = { [settings.loginField]: text() }
  const isStyria = settings.drfJwt.wire === 'styria'
  const sent: Record<string, string> = await fields(
    c,
    isStyria ? { password: password(), ...name } : { ...name, password: password() },
  )

  const login = String(sent[settings.loginField])
  const tries = await triesAtLogIn(c)
  const credentials = { login, password: String(sent.password), tries }
  const user = await prove(db, settings, credentials, { kind: 'drf-jwt' }, occasionOf(c))
  if (!user) {
    noteFailureLater(c, login)
    throw refused('Unable to log in with provided credentials.')
  }

  tellOfLogInLater(c)
  const { token, claims } = await newDrfJwt(settings, user, {}, now)
  return answer(c, token, user, claims)
})

drfJwt.post('/api-token-verify/', whereOn(throttleToken('verify')), async (c, next) => {
  if (!c.var.settings.drfJwt.enabled) return next()
  const { token } = await fields(c, { token: text() })
  const { user, claims } = await holderOf(c, token)

  return answer(c, token, user, claims)
})

drfJwt.post('/api-token-refresh/', whereOn(throttleToken('refresh')), async (c, next) => {
  const { settings, now } = c.var
  if (!settings.drfJwt.enabled) return next()
  const isStyria = settings.drfJwt.wire === 'styria'
  const sent = await fields(c, { token: text() })
  const { user, claims: parent } = await holderOf(c, sent.token)

  const { orig_iat } = parent
  if (typeof orig_iat !== 'number') {
    throw refused(isStyria ? 'orig_iat field not found in token.' : 'orig_iat field is required.')
  }
  if (now.getTime() / 1000 > orig_iat + settings.drfJwt.refreshLifetime) {
    throw refused('Refresh has expired.')
  }

  const { token, claims } = await newDrfJwt(settings, user, { parent }, now)
  return answer(c, token, user, claims)
})

/** What JWT_RESPONSE_PAYLOAD_HANDLER makes of a token. */
const responsePayload = (
  { drfJwt: { wire, lifetime } }: Settings,
  token: string,
  user: User,
  { iat }: Claims,
) => ({
  ...(wire === 'styria' && { pk: iat ?? null }),
  token,
  ...answerTo({ user, expiresIn: lifetime }),
})

// Whoever acts through a token keeps it apart from his own.
function answer(c: Context<App>, token: string, user: User, claims: Claims): Response {
  const { settings } = c.var
  const { wire, cookie, impersonationCookie } = settings.drfJwt
  keepInCookie(c, claims.act === undefined ? cookie : impersonationCookie, token)
  return c.json(responsePayload(settings, token, user, claims), wire === 'styria' ? 201 : 200)
}

async function holderOf(c: Context<App>, token: string): Promise<Holder> {
  const { db, settings, now } = c.var
  const holder = await findHolder(db, settings, token, now)
  if (typeof holder === 'string') throw refused(sentence(settings, holder))
  return holder
}

const refused = (sentence: string) => invalid({ non_field_errors: [sentence] })

async function ownPage(c: Context<App>, next: () => Promise<void>) {
  refuseForeignWhereCookiesAre(c)
  await next()
}

/** A middleware that is passed over with DRF_JWT off, when the path may be another's. */
function whereOn(middleware: MiddlewareHandler<App>) {
  return createMiddleware<App>((c, next) =>
    c.var.settings.drfJwt.enabled ? middleware(c, next) : next(),
  )
}
