// Those of Djoser's PERMISSIONS that are settings, with the names of REST framework's permission classes as values.

import { createMiddleware } from 'hono/factory'
import type { App } from '../context.ts'
import { forbidden, notFound } from '../http/errors.ts'
import { noteWrite } from '../replicas.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { authenticateCaller } from './authenticate.ts'
import { rejectBadCredentials } from './guards.ts'

/** PERMISSIONS_USER_CREATE. Comes before a handler that creates a user. */
export const userCreate = createMiddleware<App>(async function userCreate(c, next) {
  const { permissions } = c.var.settings
  if (permissions.userCreate === 'AllowAny') return rejectBadCredentials(c, next)

  const { user } = await authenticateCaller(c, 'primary')
  if (permissions.userCreate === 'Nobody' || !user.isStaff) throw forbidden()
  c.set('caller', user)
  noteWrite(c.var.db, user)
  await next()
})

/** PERMISSIONS_USER_DELETE, whichever user is to be deleted. @throws ApiError 403 */
export function checkUserDelete({ permissions: { userDelete } }: Settings, caller: User) {
  if (userDelete === 'Nobody' || (userDelete === 'IsAdminUser' && !caller.isStaff))
    throw forbidden()
}

/** PERMISSIONS_USER_LIST. @throws ApiError 403, or 404 if HIDE_USERS is on */
export function checkUserList({ permissions, hideUsers }: Settings, caller: User) {
  if (permissions.userList === 'CurrentUserOrAdmin') return
  if (permissions.userList === 'IsAdminUser' && caller.isStaff) return
  throw hideUsers ? notFound() : forbidden()
}
