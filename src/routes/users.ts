// djoser.views.UserViewSet: sign-up, the list, one user, oneself.

import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { isPasswordOf } from '../accounts/password-change.ts'
import { deleteUser, hasOtherEmail, updateUser } from '../accounts/user-edit.ts'
import { listPart, listUsers, type Wanted } from '../accounts/user-list.ts'
import { findUser, mayWrite } from '../accounts/users.ts'
import type { App, Call } from '../context.ts'
import type { Database } from '../db.ts'
import {
  type AtPassword,
  type Authenticated,
  atPassword,
  attemptPassword,
  authenticated,
  callerAnd,
  inPerson,
  isImpersonated,
  mayCompare,
} from '../guards/guards.ts'
import { checkUserList, userCreate, userDelete } from '../guards/permissions.ts'
import { dropCookies, hasHeader } from '../guards/token-cookies.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { forbidden, invalid, notFound, unavailable } from '../http/errors.ts'
import { checkFields, fields, password } from '../http/fields.ts'
import { orderingIn, searchIn } from '../http/filters.ts'
import { type Page, pageIn } from '../http/pagination.ts'
import { limitMail, throttle, throttleCaller } from '../http/rate-limit.ts'
import { occasionOf } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import { settled } from '../throttling/counters.ts'
import { idIn } from '../tokens/encoding.ts'
import { complaintsOfDangling, complaintsOfDuplicates, inOrder, newUser } from './user-create.ts'
import { editable, orderable, represent, representNew, staffNames } from './user-serializers.ts'

export const users = new Hono<App>()

users.use('/users/', view('User List', ['GET', 'POST'], { otherwise: authenticated }))

users.post('/users/', userCreate, throttle('sign-up'), async (c) => {
  const user = await newUser(c)

  return c.json(representNew(c.var.settings, user), 201)
})

users.get('/users/', async (c) => {
  const { db, settings } = c.var
  const wanted = { terms: searchIn(c), order: orderingIn(c, orderable(settings)) }
  const page = pageIn(c)
  if (page) return c.json(await pageOfUsers(c, wanted, page))

  const { user, rows = [] } = await callerAnd(c, (id) => listUsers(db, settings, id, wanted))
  checkUserList(settings, user)

  return c.json(rows.map((row) => represent(settings, row)))
})

users.use('/users/me/', view('Me', ['GET', 'PUT', 'PATCH', 'DELETE'], { otherwise: authenticated }))

users.get('/users/me/', authenticated, (c) => c.json(represent(c.var.settings, c.var.user)))

users.on(['PUT', 'PATCH'], '/users/me/', authenticated, throttleCaller('edit'), mayCompare, (c) =>
  update(c, c.var.user),
)

users.delete('/users/me/', atPassword, inPerson, userDelete, (c) => remove(c, c.var.user))

// Behind all that is named, as in Django's list of URLs: what no other route took is an id.
export const userInstance = view('User Instance', ['GET', 'PUT', 'PATCH', 'DELETE'], {
  otherwise: authenticated,
})
users.use('/users/:id/', userInstance)

users.get('/users/:id/', authenticated, async (c) => {
  const user = await visible(c, c.req.param('id'))

  return c.json(represent(c.var.settings, user))
})

users.on(
  ['PUT', 'PATCH'],
  '/users/:id/',
  authenticated,
  throttleCaller('edit'),
  mayCompare,
  async (c) => {
    const user = await visible(c, c.req.param('id'))

    return update(c, user)
  },
)

users.delete('/users/:id/', atPassword, inPerson, userDelete, async (c) => {
  const user = await visible(c, c.req.param('id'))

  return remove(c, user)
})

async function pageOfUsers(c: Call, wanted: Wanted, page: Page) {
  const { db, settings } = c.var
  const { user: caller, rows = [] } = await callerAnd(c, (id) =>
    listPart(db, settings, id, wanted, page),
  )
  checkUserList(settings, caller)

  const results = rows.flatMap(({ user }) => (user ? [represent(settings, user)] : []))
  return page.envelope(rows[0]?.counted.total ?? 0, results)
}

/** What one may see is oneself, and everybody for staff; what is hidden looks like what is missing. */
async function visible(c: Pick<Context<Authenticated>, 'var'>, id: string): Promise<User> {
  const { db, settings, user: caller } = c.var
  const wanted = idIn(id)
  if (wanted === caller.id) return caller
  if (!caller.isStaff && settings.hideUsers) throw notFound()

  const user = wanted === undefined ? undefined : await findUser(db, wanted)
  if (!user) throw notFound()
  if (!caller.isStaff) throw forbidden()
  return user
}

async function update(c: Context<AtPassword>, user: User): Promise<Response> {
  const { db, settings, user: caller } = c.var
  const changes = await changesIn(c, user)
  if (!mayWrite(caller, user)) throw forbidden()
  if (hasOtherEmail(user, changes)) await proveEmailChange(c)

  const staffs = staffNames.filter((name) => changes[name] !== undefined)
  const edit = { changes, caller, staffs, also: settled(db, c.var.taken) }
  const updated = await updateUser(db, settings, user, edit, occasionOf(c))
  if (updated === 'changed') throw invalid({ current_password: ['Invalid password.'] })
  if (updated === 'dangling') throw invalid(await complaintsOfDangling(db, changes))
  if (updated === 'duplicate') throw await duplicated(db, changes, user)
  if (!updated) throw notFound()

  deliverLater(c)
  return c.json(represent(settings, updated))
}

/** The fields that the caller may write of a user; what else is sent is ignored. @throws InvalidError */
async function changesIn(c: Context<AtPassword>, user: User) {
  const { db, settings, user: caller } = c.var
  const byStaff = caller.isStaff && (caller.isSuperuser || caller.id !== user.id)
  const known = editable(settings, { partial: c.req.method === 'PATCH', byStaff })
  const { values, complaints } = await checkFields(c, known)
  if (!complaints) return values
  const all = { ...complaints, ...(await complaintsOfDuplicates(db, values, user.id)) }
  throw invalid(inOrder(all, Object.keys(known)))
}

/** The value of a unique field may be free again by now. */
async function duplicated(db: Database, changes: Record<string, unknown>, { id }: User) {
  const complaints = await complaintsOfDuplicates(db, changes, id)
  return Object.keys(complaints).length > 0 ? invalid(complaints) : unavailable()
}

/** Another address resets the password in time: with EMAIL_CHANGE_CONFIRMATION a token alone is not enough for it. */
async function proveEmailChange(c: Context<AtPassword>) {
  if (isImpersonated(c.var.claims)) throw forbidden()
  if (!c.var.settings.emailChangeConfirmation) return limitMail(c, 'change')
  await fields(c, { current_password: password() })
  await limitMail(c, 'change')
  await attemptPassword(c)
  await fields(c, { current_password: currentPassword(c) })
}

async function remove(c: Context<AtPassword>, user: User): Promise<Response> {
  const { db, user: caller } = c.var
  await fields(c, { current_password: currentPassword(c) })
  if (!mayWrite(caller, user)) throw forbidden()

  const isGone = await deleteUser(db, user.id, caller, settled(db, c.var.taken))
  if (!isGone) throw invalid({ current_password: ['Invalid password.'] })

  if (user.id === caller.id && !hasHeader(c)) dropCookies(c)
  return c.body(null, 204)
}

/** Djoser's CurrentPasswordSerializer: a field of its own, whose complaint joins the others. */
export const currentPassword = (c: Context<AtPassword>) =>
  v.pipeAsync(
    password(),
    v.checkAsync(async (value) => {
      const isRight = await isPasswordOf(c.var.settings, c.var.user, value)
      if (!isRight) c.set('taken', undefined) // a guess is not given back
      return isRight
    }, 'Invalid password.'),
  )
