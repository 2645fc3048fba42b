// Djoser's set_username, reset_username and reset_username_confirm, which are set_email and so on where
// people log in by e-mail. Its reset_username_confirm tells anybody which names are taken; here only who
// has a link is told.

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import * as v from 'valibot'
import {
  changeName,
  confirmEmailChange,
  isTakenFor,
  requestNameReset,
  resetName,
} from '../accounts/login-field.ts'
import type { App } from '../context.ts'
import {
  type AtPassword,
  type Authenticated,
  atPassword,
  authenticated,
  identified,
  inPerson,
} from '../guards/guards.ts'
import { challenge } from '../http/captcha.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { emailNotFound, invalid, notFound } from '../http/errors.ts'
import { checkFields, email, fields, text } from '../http/fields.ts'
import { limitMail, throttle } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { Settings } from '../settings/parse.ts'
import { settled } from '../throttling/counters.ts'
import { loginName, taken } from './user-serializers.ts'
import { currentPassword, userInstance } from './users.ts'

export const names = new Hono<App>()

type LoginField = Settings['loginField']

/** A path that the settings do not offer is not there: as in Djoser, it is taken for a user's id. */
const offered = (isOffered: (settings: Settings) => boolean) =>
  createMiddleware<App>(async function offered(c, next) {
    if (isOffered(c.var.settings)) return next()
    return userInstance(c, async () => {
      await authenticated(c as unknown as Context<Authenticated>, async () => {
        throw notFound()
      })
    })
  })

for (const field of ['email', 'username'] as const) {
  const [set, reset] = [`/users/set_${field}/`, `/users/reset_${field}/`]
  const confirm = `/users/reset_${field}_confirm/`
  const otherwise = authenticated
  const here = offered(({ loginField }) => loginField === field)

  names.use(set, here, view('Set username', ['POST'], { otherwise }))
  names.use(reset, here, view('Reset username', ['POST'], { otherwise }))
  names.use(confirm, here, view('Reset username confirm', ['POST'], { otherwise }))

  names.post(set, atPassword, inPerson, async (c) => {
    const { db, settings, user, taken: turn } = c.var
    const name = await newNameIn(c, field)
    if (field === 'email') await limitMail(c, 'change')

    const wanted = { name, also: settled(db, turn) }
    const outcome = await changeName(db, settings, user, wanted, occasionOf(c))
    if (outcome === 'taken') throw invalid({ [`new_${field}`]: [taken(settings)] })
    if (outcome === 'changed') throw invalid({ current_password: ['Invalid password.'] })

    deliverLater(c)
    return c.body(null, 204)
  })

  names.post(reset, identified, throttle('reset'), async (c) => {
    const { db, settings } = c.var
    await challenge(c, 'reset')
    const sent = await fields(c, { email: email() })
    await limitMail(c, 'reset')

    const found = await requestNameReset(db, settings, sent.email, occasionOf(c))
    if (!found) throw emailNotFound()

    deliverLater(c)
    return c.body(null, 204)
  })

  names.post(confirm, identified, throttle('reset'), async (c) => {
    const { db, settings } = c.var
    const sent: Record<string, string> = await fields(c, {
      uid: linkPart(),
      token: linkPart(),
      [`new_${field}`]: loginName(settings),
      ...(settings.usernameResetConfirmRetype && { [`re_new_${field}`]: text() }),
    })
    const { uid = '', token = '', [`new_${field}`]: name = '' } = sent
    const differs = settings.usernameResetConfirmRetype && name !== sent[`re_new_${field}`]
    if (differs) throw mismatch(field)
    if (settings.emailChangeConfirmation) await limitMail(c, 'change')

    const outcome = await resetName(db, settings, { uid, token, name }, occasionOf(c))
    if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
    if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
    if (outcome === 'taken') throw invalid({ [`new_${field}`]: [taken(settings)] })

    deliverLater(c)
    return c.body(null, 204)
  })
}

// Ours: with EMAIL_CHANGE_CONFIRMATION, where the link to the new address leads.
names.use(
  '/users/set_email_confirm/',
  offered(({ emailChangeConfirmation }) => emailChangeConfirmation),
  view('Set email confirm', ['POST'], { otherwise: authenticated }),
)

names.post('/users/set_email_confirm/', identified, throttle('reset'), async (c) => {
  const { db, settings } = c.var
  const sent = await fields(c, { uid: text(), token: text() })

  const outcome = await confirmEmailChange(db, settings, sent, occasionOf(c))
  if (outcome === 'uid') throw invalid({ uid: ["Invalid user id or user doesn't exist."] })
  if (outcome === 'token') throw invalid({ token: ['Invalid token for given user.'] })
  if (outcome === 'taken') throw invalid({ email: [taken(settings)] })

  deliverLater(c)
  return c.body(null, 204)
})

// Fields first, the name's uniqueness with them; then the retype.
async function newNameIn(c: Context<AtPassword>, field: LoginField): Promise<string> {
  const { db, settings, user } = c.var
  const { setUsernameRetype } = settings
  const { values, complaints } = await checkFields(c, {
    current_password: currentPassword(c),
    [`new_${field}`]: loginName(settings),
    ...(setUsernameRetype && { [`re_new_${field}`]: text() }),
  })
  const sent: Record<string, string | undefined> = values
  const name = sent[`new_${field}`]
  const differs = setUsernameRetype && name !== sent[`re_new_${field}`]
  if (name !== undefined && !complaints && !differs) return name

  const isTaken = name !== undefined && (await isTakenFor(db, settings, user, name))
  if (!complaints && !isTaken) throw mismatch(field)
  const { current_password, ...others } = complaints ?? {}
  throw invalid({
    ...(current_password && { current_password }),
    ...(isTaken && { [`new_${field}`]: [taken(settings)] }),
    ...others,
  })
}

// No field of Djoser's serializer: what is missing or no text is a link that is wrong.
const linkPart = () =>
  v.pipe(
    v.optional(v.unknown(), ''),
    v.transform((part) => (typeof part === 'string' ? part : '')),
    v.metadata({ type: 'string' }),
  )

const mismatch = (field: LoginField) =>
  invalid({ non_field_errors: [`The two ${field} fields didn't match.`] })
