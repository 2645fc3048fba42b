// The fields of a user in a body, in Djoser's order and by the deployer's REQUIRED_FIELDS (djoser.serializers:
// UserCreateSerializer, UserSerializer).

import * as v from 'valibot'
import { normalizeUsername } from '../accounts/users.ts'
import { choice, email, password, text } from '../http/fields.ts'
import { type ModelField, modelField } from '../http/model-fields.ts'
import { fromUsers, userModel } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { perSettings } from '../settings.ts'
import type { FieldName } from '../user-model.ts'

/** The fields of a sign-up: required fields, login field, password. */
export function signUpFields(settings: Settings) {
  return {
    ...modelFields(settings, (name) => fieldAtSignUp(settings, name)),
    [settings.loginField]: loginNameField(settings),
    password: password(),
    ...(settings.userCreatePasswordRetype && { re_password: password() }),
  }
}

/**
 * The fields of a user that a caller may edit. The login field has separate endpoints.
 * @param partial whether fields may be left out, as in a PATCH
 */
export const editableFields = (
  settings: Settings,
  { partial, byStaff }: { partial: boolean; byStaff: boolean },
) => ({
  ...modelFields(settings, (name) => {
    const field = writableField(settings, name)
    return partial && field ? v.optional(field) : field
  }),
  ...(byStaff && staffFields()),
})

/** The fields that staff may write and the owner may not. */
export const staffFieldNames = fromUsers(() =>
  (Object.keys(userModel.fields) as FieldName[]).filter(
    (name) => userModel.fields[name].readOnly === 'except-staff',
  ),
)

const staffFields = (): Record<string, ModelField> =>
  Object.fromEntries(staffFieldNames().map((name) => [name, modelField(name, false)]))

/** The fields that responses show, besides the id and the login field. */
export const visibleNames = perSettings((settings) =>
  fieldNames(settings).filter(
    (name) => userModel.fields[name as FieldName]?.visibility !== 'never',
  ),
)

/** The field of a new login. A username is checked in the normal form that is stored. */
export const loginNameField = (settings: Settings) =>
  settings.loginField === 'email'
    ? email({ maxLength: userModel.emailMaxLength })
    : text({ maxLength: 150, modelRule: [isUsername, notAUsername], normalize: normalizeUsername })

// As django.contrib.auth.validators.UnicodeUsernameValidator.
const isUsername = (name: string) => /^[\p{L}\p{N}_.@+-]+$/u.test(name)

const notAUsername =
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

/** A user may choose a role only at sign-up. */
const fieldAtSignUp = (settings: Settings, name: string): ModelField | undefined =>
  name === 'role' && settings.signupRoles.length > 0
    ? v.optional(choice(settings.signupRoles))
    : writableField(settings, name)

function writableField(settings: Settings, name: string): ModelField | undefined {
  if (name === settings.loginField) return undefined
  // As in Django's user model.
  if (name === 'email') return v.optional(email({ maxLength: 254, allowBlank: true }))
  const options = userModel.fields[name as FieldName]
  if (!options || options.readOnly) return undefined
  return modelField(name as FieldName, settings.requiredFields.includes(name))
}

function modelFields(settings: Settings, fieldOf: (name: string) => ModelField | undefined) {
  const found: Record<string, ModelField> = {}
  for (const name of fieldNames(settings)) {
    const field = fieldOf(name)
    if (field) found[name] = field
  }
  return found
}

/** REQUIRED_FIELDS, each with the fields that come `after` it; then the other fields with a `visibility`. */
function fieldNames({ requiredFields }: Settings): string[] {
  const others = Object.entries(userModel.fields).filter(([name]) => !requiredFields.includes(name))
  const following = (name: string) => others.filter(([, { after }]) => after === name)
  const unlisted = others.filter(([, { visibility }]) => visibility !== undefined)
  return [
    ...requiredFields.flatMap((name) => [name, ...following(name).map(([own]) => own)]),
    ...unlisted.map(([name]) => name),
  ]
}
