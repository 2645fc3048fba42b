// djoser.views.UserViewSet: sign-up, the list, one user, oneself.

import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { isPasswordOf, weaknesses } from '../accounts/passwords.ts'
import { isTaken, type SignUp, signUp } from '../accounts/registration.ts'
import { deleteUser, findUser, listUsers, mayWrite, updateUser } from '../accounts/users.ts'
import { type App, type Call, deliverLater } from '../context.ts'
import {
  type Authenticated,
  authenticated,
  callerAnd,
  identified,
  inPerson,
  isImpersonated,
} from '../drf/authentication.ts'
import { forbidden, invalid, notFound } from '../drf/errors.ts'
import { checkFields, fields, password } from '../drf/fields.ts'
import { throttle } from '../drf/throttling.ts'
import { view } from '../drf/views.ts'
import { commonPasswords } from '../passwords/common.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings.ts'
import { idIn } from '../tokens/encoding.ts'
import { editable, registration, represent, representNew, taken } from './user-fields.ts'

export const users = new Hono<App>()

users.use('/users/', view('User List', ['GET', 'POST'], { otherwise: authenticated }))

users.post('/users/', identified, throttle('sign-up'), async (c) => {
  const { db, settings, now } = c.var
  const sent = await signUpIn(c)

  const user = await signUp(db, settings, sent, now)
  if (user === 'taken') throw invalid({ [settings.loginField]: [taken(settings)] })

  deliverLater(c)
  return c.json(representNew(settings, user), 201)
})

users.get('/users/', async (c) => {
  const { db, settings } = c.var
  const { rows = [] } = await callerAnd(c, (id) => listUsers(db, settings, id))

  return c.json(rows.map((user) => represent(settings, user)))
})

users.use('/users/me/', view('Me', ['GET', 'PUT', 'PATCH', 'DELETE'], { otherwise: authenticated }))

users.get('/users/me/', authenticated, (c) => c.json(represent(c.var.settings, c.var.user)))

users.on(['PUT', 'PATCH'], '/users/me/', authenticated, (c) => update(c, c.var.user))

users.delete('/users/me/', authenticated, inPerson, throttle('log-in'), (c) =>
  remove(c, c.var.user),
)

// Behind all that is named, as in Django's list of URLs: what no other route took is an id.
users.use(
  '/users/:id/',
  view('User Instance', ['GET', 'PUT', 'PATCH', 'DELETE'], { otherwise: authenticated }),
)

users.get('/users/:id/', authenticated, async (c) => {
  const user = await visible(c, c.req.param('id'))

  return c.json(represent(c.var.settings, user))
})

users.on(['PUT', 'PATCH'], '/users/:id/', authenticated, async (c) => {
  const user = await visible(c, c.req.param('id'))

  return update(c, user)
})

users.delete('/users/:id/', authenticated, inPerson, throttle('log-in'), async (c) => {
  const user = await visible(c, c.req.param('id'))

  return remove(c, user)
})

/** What one may see is oneself, and everybody for staff; what is hidden looks like what is missing. */
async function visible(c: Context<Authenticated>, id: string): Promise<User> {
  const { db, settings, user: caller } = c.var
  const wanted = idIn(id)
  if (wanted === caller.id) return caller
  if (!caller.isStaff && settings.hideUsers) throw notFound()

  const user = wanted === undefined ? undefined : await findUser(db, wanted)
  if (!user) throw notFound()
  if (!caller.isStaff) throw forbidden()
  return user
}

async function update(c: Context<Authenticated>, user: User): Promise<Response> {
  const { db, settings, now, user: caller } = c.var
  const changes = await fields(c, editable(settings, c.req.method === 'PATCH'))
  const isOtherEmail = changes.email !== undefined && changes.email !== user.email
  if (!mayWrite(caller, user)) throw forbidden()
  if (isOtherEmail && isImpersonated(c.var.claims)) throw forbidden()

  const updated = await updateUser(db, settings, user, changes, now)
  if (!updated) throw notFound()

  deliverLater(c)
  return c.json(represent(settings, updated))
}

async function remove(c: Context<Authenticated>, user: User): Promise<Response> {
  const { db, settings, user: caller } = c.var
  await fields(c, { current_password: currentPassword(settings, caller) })
  if (!mayWrite(caller, user)) throw forbidden()

  const [deleted] = await deleteUser(db, user.id, caller)
  if (!deleted) throw invalid({ current_password: ['Invalid password.'] })

  return c.body(null, 204)
}

/** Djoser's CurrentPasswordSerializer: a field of its own, whose complaint joins the others. */
export const currentPassword = (settings: Settings, user: User) =>
  v.pipeAsync(
    password(),
    v.checkAsync((value) => isPasswordOf(settings, user, value), 'Invalid password.'),
  )

// Fields first, the log-in name's uniqueness with them; then the password's strength; then the retype.
async function signUpIn(c: Call): Promise<SignUp> {
  const { db, settings } = c.var
  const { values, complaints } = await checkFields(c, registration(settings))
  const sent = values as Record<string, string>
  const login = sent[settings.loginField]

  const weak = complaints
    ? []
    : await weaknesses(settings, String(sent.password), sent, commonPasswords(c.env.ASSETS))
  const mismatch = settings.userCreatePasswordRetype && sent.password !== sent.re_password
  if (!complaints && weak.length === 0 && !mismatch) {
    const { re_password: _, ...person } = sent
    return person as SignUp
  }

  if (login !== undefined && (await isTaken(db, settings, login))) {
    const all: Record<string, string[]> = {
      ...complaints,
      [settings.loginField]: [taken(settings)],
    }
    throw invalid(inOrder(all, Object.keys(registration(settings))))
  }
  if (complaints) throw invalid(complaints)
  if (weak.length > 0) throw invalid({ password: weak })
  throw invalid({ non_field_errors: ["The two password fields didn't match."] })
}

const inOrder = (complaints: Record<string, string[]>, names: string[]) =>
  Object.fromEntries(names.flatMap((name) => (complaints[name] ? [[name, complaints[name]]] : [])))
