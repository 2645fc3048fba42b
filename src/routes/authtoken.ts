// DRF's authtoken: obtain_auth_token where its documents mount it, and Djoser's log-in and log-out.

import { Hono } from 'hono'
import * as v from 'valibot'
import { obtainOpaqueToken } from '../auth/login.ts'
import type { App, Call } from '../context.ts'
import { authenticated, identified, inPerson } from '../guards/guards.ts'
import { answerTo } from '../hooks.ts'
import { triesAtLogIn } from '../http/captcha.ts'
import { invalid } from '../http/errors.ts'
import { checkFields, fields, password, text } from '../http/fields.ts'
import { throttle, throttleCaller } from '../http/rate-limit.ts'
import { noteFailureLater, occasionOf, tellOfLogInLater } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import { deleteOpaqueTokens } from '../sessions/authtoken.ts'

export const authtoken = new Hono<App>()

authtoken.use('/api-token-auth/', view('Obtain Auth Token', ['POST'], { varies: false }))
authtoken.use(
  '/auth/token/login/',
  view('Token Create', ['POST'], {
    description: 'Use this endpoint to obtain user authentication token.',
  }),
)
authtoken.use(
  '/auth/token/logout/',
  view('Token Destroy', ['POST'], {
    description: 'Use this endpoint to logout user (remove user authentication token).',
    otherwise: authenticated,
  }),
)

// The field is called `username` whatever people log in with, and the password is taken as it is.
authtoken.post('/api-token-auth/', identified, throttle('log-in'), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { username: text(), password: password({ trim: false }) })

  const tries = await triesAtLogIn(c)
  const credentials = { login: sent.username, password: sent.password, tries }
  const entered = await obtainOpaqueToken(db, settings, credentials, {}, occasionOf(c))
  if (!entered) throw unable(c, credentials.login)

  tellOfLogInLater(c)
  const { user, key } = entered
  return c.json({ token: key, ...answerTo({ user, expiresIn: undefined }) })
})

authtoken.post('/auth/token/login/', identified, throttle('log-in'), async (c) => {
  const { db, settings, now } = c.var
  const { values, complaints } = await checkFields(
    c,
    { password: v.optional(password()), [settings.loginField]: v.optional(text()) },
    { blankInFormIsAbsent: true },
  )
  if (complaints) throw invalid(complaints)
  const { [settings.loginField]: login, password: secret } = values
  if (login === undefined || secret === undefined) throw unable(c)

  const tries = await triesAtLogIn(c)
  const credentials = { login: String(login), password: String(secret), tries }
  const lastLogin = { lastLogin: now }
  const entered = await obtainOpaqueToken(db, settings, credentials, lastLogin, occasionOf(c))
  if (!entered) throw unable(c, credentials.login)

  tellOfLogInLater(c)
  const { user, key } = entered
  return c.json({ auth_token: key, ...answerTo({ user, expiresIn: undefined }) })
})

authtoken.post(
  '/auth/token/logout/',
  authenticated,
  inPerson,
  throttleCaller('log-out'),
  async (c) => {
    const { db, user } = c.var

    await deleteOpaqueTokens(db, user.id)

    return c.body(null, 204)
  },
)

function unable(c: Call, login?: string) {
  if (login !== undefined) noteFailureLater(c, login)
  return invalid({ non_field_errors: ['Unable to log in with provided credentials.'] })
}
