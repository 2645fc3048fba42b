// djoser.views.UserViewSet: sign-up, the list, one user, and the caller as `me`. Its other actions have files of their
// own.

import { type Context, Hono } from 'hono'
import { changesEmail, deleteUser, updateUser } from '../accounts/user-edit.ts'
import { listPage, listUsers, seesAllUsers, type UserQuery } from '../accounts/user-list.ts'
import { canEdit, findUser } from '../accounts/users.ts'
import { currentPasswordFields } from '../bodies/account.ts'
import { editableFields, staffFieldNames } from '../bodies/users.ts'
import type { App } from '../context.ts'
import type { Database } from '../db.ts'
import {
  attemptPassword,
  comparedPassword,
  nearFirst,
  type PasswordThrottled,
  refundsPasswordAttempt,
  withOwnPasswordThrottle,
  withPasswordThrottle,
} from '../guards/current-password.ts'
import {
  type Authenticated,
  authenticated,
  authenticatedAtPrimary,
  isImpersonated,
  notImpersonated,
} from '../guards/guards.ts'
import { checkUserDelete, checkUserList, userCreate } from '../guards/permissions.ts'
import { clearTokenCookies, hasAuthorizationHeader } from '../guards/token-cookies.ts'
import { deliverLater } from '../http/after-response.ts'
import { forbidden, invalid, notFound, unavailable } from '../http/errors.ts'
import { checkFields, fields, password } from '../http/fields.ts'
import { ordering, searchTerms } from '../http/filters.ts'
import { type Page, pagination } from '../http/pagination.ts'
import { limitMail, rateLimit, rateLimitCaller } from '../http/rate-limit.ts'
import { requestInfo } from '../http/request-info.ts'
import { endpoint } from '../http/view.ts'
import { parsePublicId, publicIdOf } from '../public-id.ts'
import { readNear } from '../replicas.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type ResultOf, type Statement } from '../statements.ts'
import { onSuccess } from '../throttling/counters.ts'
import { createUser, duplicateErrors, inFieldOrder, missingReferenceErrors } from './user-create.ts'
import { currentPassword, newUserToJson, orderFields, userToJson } from './user-serializers.ts'

export const userRoutes = new Hono<App>()

endpoint(userRoutes, '/users/', {
  name: 'User List',
  guard: authenticated,
  GET: [authenticatedAtPrimary, listAll],
  POST: [userCreate, rateLimit('sign-up'), create],
})

endpoint(userRoutes, '/users/me/', {
  name: 'Me',
  guard: authenticated,
  GET: [authenticated, showMe],
  PUT: [authenticated, rateLimitCaller('edit'), refundsPasswordAttempt, updateMe],
  PATCH: [authenticated, rateLimitCaller('edit'), refundsPasswordAttempt, updateMe],
  DELETE: [withOwnPasswordThrottle, notImpersonated, nearFirst(deleteMe)],
})

// Comes after every other path below `/users/`, as in Django's list of URLs. A path that no other route matches is an id.
endpoint(userRoutes, '/users/:id/', {
  name: 'User Instance',
  guard: authenticated,
  GET: [authenticatedAtPrimary, showUser],
  PUT: [authenticated, rateLimitCaller('edit'), refundsPasswordAttempt, updateOther],
  PATCH: [authenticated, rateLimitCaller('edit'), refundsPasswordAttempt, updateOther],
  DELETE: [withPasswordThrottle, notImpersonated, deleteOther],
})

async function create(c: Context<App>) {
  const user = await createUser(c)

  return c.json(newUserToJson(c.var.settings, user), 201)
}

async function listAll(c: Context<Authenticated>) {
  const { db, settings, user: caller } = c.var
  checkUserList(settings, caller)
  const search = { terms: searchTerms(c), order: orderOf(c) }
  const page = pagination(c)
  if (!seesAllUsers(settings, caller)) return c.json(listOfOne(settings, caller, page))

  const query = caller.isStaff ? search : { ...search, terms: [] }
  if (page) return c.json(await pageOfUsers(c, query, page))

  const rows = await readList(c, listUsers(db, query))
  return c.json(rows.map((row) => userToJson(settings, row)))
}

/** With USER_PK = "uuid", `id` means the UUID. */
function orderOf(c: Context<Authenticated>): UserQuery['order'] {
  const { settings } = c.var
  return ordering(c, orderFields(settings)).map(({ name, descending }) => ({
    name: name === 'id' && settings.userPk === 'uuid' ? 'uuid' : name,
    descending,
  }))
}

async function pageOfUsers(c: Context<Authenticated>, query: UserQuery, page: Page) {
  const { db, settings } = c.var
  const rows = await readList(c, listPage(db, query, page))

  const results = rows.flatMap(({ users: user }) => (user ? [userToJson(settings, user)] : []))
  return page.envelope(rows[0]?.page.total ?? 0, results)
}

/**
 * Reads the list at the nearest replica, once the primary has authenticated the caller. D1 runs one statement at a time, and
 * a search of a million users would keep the primary from all others.
 */
async function readList<T extends Statement>(
  { var: { db, settings, user: caller, now } }: Context<Authenticated>,
  list: T,
): Promise<ResultOf<T>> {
  // If a search takes a replica long, it takes the primary as long.
  const reader = { publicId: publicIdOf(settings, caller), timeout: settings.d1Timeout }
  const near = await readNear(db, settings, reader, { list }, now)
  return (near ?? (await batch(db, { list }))).list
}

/** The list of a caller that sees only themselves. */
function listOfOne(settings: Settings, caller: User, page: Page | undefined) {
  const results = [userToJson(settings, caller)]
  return page ? page.envelope(1, page.offset === 0 ? results : []) : results
}

function showMe(c: Context<Authenticated>) {
  return c.json(userToJson(c.var.settings, c.var.user))
}

async function showUser(c: Context<Authenticated>) {
  return c.json(userToJson(c.var.settings, await findVisibleUser(c)))
}

function updateMe(c: Context<PasswordThrottled>) {
  return updateInstance(c, c.var.user)
}

async function updateOther(c: Context<PasswordThrottled>) {
  return updateInstance(c, await findVisibleUser(c))
}

async function deleteMe(c: Context<PasswordThrottled>) {
  checkUserDelete(c.var.settings, c.var.user)
  return deleteInstance(c, c.var.user)
}

async function deleteOther(c: Context<PasswordThrottled>) {
  checkUserDelete(c.var.settings, c.var.user)
  return deleteInstance(c, await findVisibleUser(c))
}

/**
 * The user of the path, if the caller may see them: the caller, or any user for staff. With HIDE_USERS a hidden user
 * and a missing one get the same answer.
 */
async function findVisibleUser({
  req,
  var: { db, settings, user: caller },
}: Pick<Context<Authenticated>, 'req' | 'var'>): Promise<User> {
  const named = parsePublicId(settings, req.param('id') ?? '')
  if (named?.publicId === publicIdOf(settings, caller)) return caller
  if (!caller.isStaff && settings.hideUsers) throw notFound()

  const user = named && (await findUser(db, named.id))
  if (!user) throw notFound()
  if (!caller.isStaff) throw forbidden()
  return user
}

async function updateInstance(c: Context<PasswordThrottled>, user: User): Promise<Response> {
  const { db, settings, user: caller } = c.var
  const changes = await readChanges(c, user)
  if (!canEdit(caller, user)) throw forbidden()
  if (changesEmail(user, changes)) await checkEmailChange(c)

  const staffFields = staffFieldNames().filter((name) => changes[name] !== undefined)
  const edit = { changes, caller, staffFields, extraWrites: onSuccess(db, c.var.throttle) }
  const updated = await updateUser(db, settings, user, edit, requestInfo(c))
  if (updated === 'changed') throw invalid({ current_password: ['Invalid password.'] })
  if (updated === 'invalid_reference') throw invalid(await missingReferenceErrors(db, changes))
  if (updated === 'duplicate') throw await duplicateError(db, changes, user)
  if (!updated) throw notFound()

  deliverLater(c)
  return c.json(userToJson(settings, updated))
}

/** The fields that the caller may write; other fields in the body are ignored. @throws InvalidError */
async function readChanges(c: Context<PasswordThrottled>, user: User) {
  const { db, settings, user: caller } = c.var
  const byStaff = caller.isStaff && (caller.isSuperuser || caller.id !== user.id)
  const editable = editableFields(settings, { partial: c.req.method === 'PATCH', byStaff })
  const { values, errors } = await checkFields(c, editable)
  if (!errors) return values
  const all = { ...errors, ...(await duplicateErrors(db, values, user.id)) }
  throw invalid(inFieldOrder(all, Object.keys(editable)))
}

/** 503 if the value of a unique field is free again by now. */
async function duplicateError(db: Database, changes: Record<string, unknown>, { id }: User) {
  const errors = await duplicateErrors(db, changes, id)
  return Object.keys(errors).length > 0 ? invalid(errors) : unavailable()
}

/**
 * A new address can reset the password later, so with EMAIL_CHANGE_CONFIRMATION a token alone is not enough: the
 * caller must send their password.
 */
async function checkEmailChange(c: Context<PasswordThrottled>) {
  if (isImpersonated(c.var.claims)) throw forbidden()
  if (!c.var.settings.emailChangeConfirmation) return limitMail(c, 'change')
  await fields(c, currentPasswordFields(password()))
  await limitMail(c, 'change')
  await attemptPassword(c)
  await fields(c, currentPasswordFields(currentPassword(c)))
}

async function deleteInstance(c: Context<PasswordThrottled>, user: User): Promise<Response> {
  const { db, user: caller } = c.var
  await fields(c, currentPasswordFields(currentPassword(c)))
  if (!canEdit(caller, user)) throw forbidden()

  const isGone = await deleteUser(db, user, caller, comparedPassword(c))
  if (!isGone) throw invalid({ current_password: ['Invalid password.'] })

  if (user.id === caller.id && !hasAuthorizationHeader(c)) clearTokenCookies(c)
  return c.body(null, 204)
}
