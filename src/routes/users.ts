// djoser.views.UserViewSet: sign-up, the list, one user, oneself.

import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import { checkPassword } from '../accounts/password-change.ts'
import { changesEmail, deleteUser, updateUser } from '../accounts/user-edit.ts'
import { listPage, listUsers, type UserQuery } from '../accounts/user-list.ts'
import { canEdit, findUser } from '../accounts/users.ts'
import type { App, Call } from '../context.ts'
import type { Database } from '../db.ts'
import { parseId } from '../encoding.ts'
import { authenticateWith } from '../guards/authenticate.ts'
import {
  type Authenticated,
  attemptPassword,
  authenticated,
  isImpersonated,
  notImpersonated,
  type PasswordThrottled,
  refundsPasswordAttempt,
  withPasswordThrottle,
} from '../guards/guards.ts'
import { checkUserList, userCreate, userDelete } from '../guards/permissions.ts'
import { clearTokenCookies, hasAuthorizationHeader } from '../guards/token-cookies.ts'
import { deliverLater } from '../http/deliver-later.ts'
import { forbidden, invalid, notFound, unavailable } from '../http/errors.ts'
import { checkFields, fields, password } from '../http/fields.ts'
import { ordering, searchTerms } from '../http/filters.ts'
import { type Page, pagination } from '../http/pagination.ts'
import { limitMail, rateLimit, rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { view } from '../http/view.ts'
import type { User } from '../schema.ts'
import { onSuccess } from '../throttling/counters.ts'
import { createUser, duplicateErrors, inFieldOrder, missingReferenceErrors } from './user-create.ts'
import {
  editableFields,
  orderFields,
  represent,
  representNew,
  staffFieldNames,
} from './user-serializers.ts'

export const userRoutes = new Hono<App>()

userRoutes.use('/users/', view('User List', ['GET', 'POST'], { guard: authenticated }))

userRoutes.post('/users/', userCreate, rateLimit('sign-up'), async (c) => {
  const user = await createUser(c)

  return c.json(representNew(c.var.settings, user), 201)
})

userRoutes.get('/users/', async (c) => {
  const { db, settings } = c.var
  const wanted = { terms: searchTerms(c), order: ordering(c, orderFields(settings)) }
  const page = pagination(c)
  if (page) return c.json(await pageOfUsers(c, wanted, page))

  const { user, rows } = await authenticateWith(c, (id) => listUsers(db, settings, id, wanted))
  checkUserList(settings, user)

  return c.json(rows.map((row) => represent(settings, row)))
})

userRoutes.use(
  '/users/me/',
  view('Me', ['GET', 'PUT', 'PATCH', 'DELETE'], { guard: authenticated }),
)

userRoutes.get('/users/me/', authenticated, (c) => c.json(represent(c.var.settings, c.var.user)))

userRoutes.on(
  ['PUT', 'PATCH'],
  '/users/me/',
  authenticated,
  rateLimitCaller('edit'),
  refundsPasswordAttempt,
  (c) => updateInstance(c, c.var.user),
)

userRoutes.delete('/users/me/', withPasswordThrottle, notImpersonated, userDelete, (c) =>
  deleteInstance(c, c.var.user),
)

// Behind all that is named, as in Django's list of URLs: what no other route took is an id.
export const userInstance = view('User Instance', ['GET', 'PUT', 'PATCH', 'DELETE'], {
  guard: authenticated,
})
userRoutes.use('/users/:id/', userInstance)

userRoutes.get('/users/:id/', authenticated, async (c) => {
  const user = await visibleUser(c, c.req.param('id'))

  return c.json(represent(c.var.settings, user))
})

userRoutes.on(
  ['PUT', 'PATCH'],
  '/users/:id/',
  authenticated,
  rateLimitCaller('edit'),
  refundsPasswordAttempt,
  async (c) => {
    const user = await visibleUser(c, c.req.param('id'))

    return updateInstance(c, user)
  },
)

userRoutes.delete('/users/:id/', withPasswordThrottle, notImpersonated, userDelete, async (c) => {
  const user = await visibleUser(c, c.req.param('id'))

  return deleteInstance(c, user)
})

async function pageOfUsers(c: Call, wanted: UserQuery, page: Page) {
  const { db, settings } = c.var
  const { user: caller, rows } = await authenticateWith(c, (id) =>
    listPage(db, settings, id, wanted, page),
  )
  checkUserList(settings, caller)

  const results = rows.flatMap(({ user }) => (user ? [represent(settings, user)] : []))
  return page.envelope(rows[0]?.counted.total ?? 0, results)
}

/** What one may see is oneself, and everybody for staff; what is hidden looks like what is missing. */
async function visibleUser(c: Pick<Context<Authenticated>, 'var'>, id: string): Promise<User> {
  const { db, settings, user: caller } = c.var
  const wanted = parseId(id)
  if (wanted === caller.id) return caller
  if (!caller.isStaff && settings.hideUsers) throw notFound()

  const user = wanted === undefined ? undefined : await findUser(db, wanted)
  if (!user) throw notFound()
  if (!caller.isStaff) throw forbidden()
  return user
}

async function updateInstance(c: Context<PasswordThrottled>, user: User): Promise<Response> {
  const { db, settings, user: caller } = c.var
  const changes = await changesIn(c, user)
  if (!canEdit(caller, user)) throw forbidden()
  if (changesEmail(user, changes)) await proveEmailChange(c)

  const staffFields = staffFieldNames.filter((name) => changes[name] !== undefined)
  const edit = { changes, caller, staffFields, extraWrites: onSuccess(db, c.var.throttle) }
  const updated = await updateUser(db, settings, user, edit, requestInfo(c))
  if (updated === 'changed') throw invalid({ current_password: ['Invalid password.'] })
  if (updated === 'invalid_reference') throw invalid(await missingReferenceErrors(db, changes))
  if (updated === 'duplicate') throw await duplicated(db, changes, user)
  if (!updated) throw notFound()

  deliverLater(c)
  return c.json(represent(settings, updated))
}

/** The fields that the caller may write of a user; what else is sent is ignored. @throws InvalidError */
async function changesIn(c: Context<PasswordThrottled>, user: User) {
  const { db, settings, user: caller } = c.var
  const byStaff = caller.isStaff && (caller.isSuperuser || caller.id !== user.id)
  const known = editableFields(settings, { partial: c.req.method === 'PATCH', byStaff })
  const { values, errors } = await checkFields(c, known)
  if (!errors) return values
  const all = { ...errors, ...(await duplicateErrors(db, values, user.id)) }
  throw invalid(inFieldOrder(all, Object.keys(known)))
}

/** The value of a unique field may be free again by now. */
async function duplicated(db: Database, changes: Record<string, unknown>, { id }: User) {
  const errors = await duplicateErrors(db, changes, id)
  return Object.keys(errors).length > 0 ? invalid(errors) : unavailable()
}

/** Another address resets the password in time: with EMAIL_CHANGE_CONFIRMATION a token alone is not enough for it. */
async function proveEmailChange(c: Context<PasswordThrottled>) {
  if (isImpersonated(c.var.claims)) throw forbidden()
  if (!c.var.settings.emailChangeConfirmation) return limitMail(c, 'change')
  await fields(c, { current_password: password() })
  await limitMail(c, 'change')
  await attemptPassword(c)
  await fields(c, { current_password: currentPassword(c) })
}

async function deleteInstance(c: Context<PasswordThrottled>, user: User): Promise<Response> {
  const { db, user: caller } = c.var
  await fields(c, { current_password: currentPassword(c) })
  if (!canEdit(caller, user)) throw forbidden()

  const isGone = await deleteUser(db, user.id, caller, onSuccess(db, c.var.throttle))
  if (!isGone) throw invalid({ current_password: ['Invalid password.'] })

  if (user.id === caller.id && !hasAuthorizationHeader(c)) clearTokenCookies(c)
  return c.body(null, 204)
}

/** Djoser's CurrentPasswordSerializer: a field of its own, whose complaint joins the others. */
export const currentPassword = (c: Context<PasswordThrottled>) =>
  v.pipeAsync(
    password(),
    v.checkAsync(async (value) => {
      const isRight = await checkPassword(c.var.settings, c.var.user, value)
      if (!isRight) c.set('throttle', undefined) // a guess is not given back
      return isRight
    }, 'Invalid password.'),
  )
