// A user in answers (djoser.serializers: UserSerializer, UserCreateSerializer), and the sentences about a user's fields.

import type { Context } from 'hono'
import * as v from 'valibot'
import type { OrderField } from '../accounts/user-list.ts'
import { visibleNames } from '../bodies/users.ts'
import { isCurrentPassword, type PasswordThrottled } from '../guards/current-password.ts'
import { extraFieldsFor } from '../hooks.ts'
import { password } from '../http/fields.ts'
import { toJson } from '../http/model-fields.ts'
import { publicIdOf } from '../public-id.ts'
import { type User, userModel } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { FieldName } from '../user-model.ts'

/** UserCreateSerializer's order: required fields, login field, id. */
export const newUserToJson = (settings: Settings, user: User) => ({
  ...visibleValues(settings, user),
  [settings.loginField]: user[settings.loginField],
  id: publicIdOf(settings, user),
  ...extraFieldsFor(user),
})

/** UserSerializer's order: required fields, id, login field. */
export const userToJson = (settings: Settings, user: User) => ({
  ...visibleValues(settings, user),
  id: publicIdOf(settings, user),
  [settings.loginField]: user[settings.loginField],
  ...extraFieldsFor(user),
})

/** The fields that a list may be ordered by: those that it shows. */
export const orderFields = (settings: Settings) =>
  ['id', settings.loginField, ...visibleNames(settings)] as OrderField[]

/** Django's sentence for a unique field whose value another user has. */
export const alreadyExists = (name: FieldName) =>
  `${userModel.verboseName} with this ${userModel.fields[name].label} already exists.`

export const loginTakenMessage = (settings: Settings) =>
  settings.loginField === 'email'
    ? `${userModel.verboseName} with this email already exists.`
    : 'A user with that username already exists.'

const visibleValues = (settings: Settings, user: User) =>
  Object.fromEntries(
    visibleNames(settings).map((name) => {
      const value = user[name as FieldName | 'email']
      return [name, name === 'email' ? (value ?? '') : toJson(value)]
    }),
  )

/** CurrentPasswordSerializer: compares the password where it is validated, so that its error joins those of other fields. */
export const currentPassword = (c: Context<PasswordThrottled>) =>
  v.pipeAsync(
    password(),
    v.checkAsync((value) => isCurrentPassword(c, value), 'Invalid password.'),
  )
