// Which fields a user has on the wire, in Djoser's order and by the deployer's REQUIRED_FIELDS
// (djoser.serializers.UserSerializer, UserCreateSerializer).

import * as v from 'valibot'
import type { OrderField } from '../accounts/user-list.ts'
import { normalizeUsername } from '../accounts/users.ts'
import { extraFieldsFor } from '../hooks.ts'
import { choice, email, password, text } from '../http/fields.ts'
import { type ModelField, modelField, toJson } from '../http/model-fields.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { emailMaxLength, type FieldName, userModel, verboseName } from '../user-model.ts'

/** What sign-up asks for: required fields, log-in field, password. */
export function signUpFields(settings: Settings) {
  return {
    ...entries(settings, (name) => fieldAtSignUp(settings, name)),
    [settings.loginField]: loginNameField(settings),
    password: password(),
    ...(settings.userCreatePasswordRetype && { re_password: password() }),
  }
}

/**
 * What a caller may edit of a user. The login field has endpoints of its own.
 * @param partial whether fields may be left out, as in a PATCH
 */
export const editableFields = (
  settings: Settings,
  { partial, byStaff }: { partial: boolean; byStaff: boolean },
) => ({
  ...entries(settings, (name) => {
    const field = writableField(settings, name)
    return partial && field ? v.optional(field) : field
  }),
  ...(byStaff && staffFields()),
})

/** The fields that the model lets staff write, and not their owner. */
export const staffFieldNames = (Object.keys(userModel) as FieldName[]).filter(
  (name) => userModel[name].readOnly === 'except-staff',
)

const staffFields = (): Record<string, ModelField> =>
  Object.fromEntries(staffFieldNames.map((name) => [name, modelField(name, false)]))

/** UserCreateSerializer's order: required fields, log-in field, id. */
export const representNew = (settings: Settings, user: User) => ({
  ...shownValues(settings, user),
  [settings.loginField]: user[settings.loginField],
  id: user.id,
  ...extraFieldsFor(user),
})

/** UserSerializer's order: required fields, id, log-in field. */
export const represent = (settings: Settings, user: User) => ({
  ...shownValues(settings, user),
  id: user.id,
  [settings.loginField]: user[settings.loginField],
  ...extraFieldsFor(user),
})

/** What a list may be ordered by: what it shows. */
export const orderFields = (settings: Settings) =>
  ['id', settings.loginField, ...shownNames(settings)] as OrderField[]

/** Django's sentence for a value that only one user may have. */
export const alreadyExists = (name: FieldName) =>
  `${verboseName} with this ${userModel[name].label} already exists.`

export const loginTakenMessage = (settings: Settings) =>
  settings.loginField === 'email'
    ? `${verboseName} with this email already exists.`
    : 'A user with that username already exists.'

/** What a new login name must be; a username is checked in the form that is kept. */
export const loginNameField = (settings: Settings) =>
  settings.loginField === 'email'
    ? email({ maxLength: emailMaxLength })
    : text({ maxLength: 150, modelRule: [isUsername, notAUsername], normalize: normalizeUsername })

// As django.contrib.auth.validators.UnicodeUsernameValidator.
const isUsername = (name: string) => /^[\p{L}\p{N}_.@+-]+$/u.test(name)

const notAUsername =
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

/** A role is chosen at sign-up or never. */
const fieldAtSignUp = (settings: Settings, name: string): ModelField | undefined =>
  name === 'role' && settings.signupRoles.length > 0
    ? v.optional(choice(settings.signupRoles))
    : writableField(settings, name)

function writableField(settings: Settings, name: string): ModelField | undefined {
  if (name === settings.loginField) return undefined
  // As Django's own user has it.
  if (name === 'email') return v.optional(email({ maxLength: 254, allowBlank: true }))
  const options = userModel[name as FieldName]
  if (!options || options.readOnly) return undefined
  return modelField(name as FieldName, settings.requiredFields.includes(name))
}

function entries(settings: Settings, fieldOf: (name: string) => ModelField | undefined) {
  const known: Record<string, ModelField> = {}
  for (const name of takenOrShown(settings)) {
    const field = fieldOf(name)
    if (field) known[name] = field
  }
  return known
}

const shownValues = (settings: Settings, user: User) =>
  Object.fromEntries(
    shownNames(settings).map((name) => {
      const value = user[name as FieldName | 'email']
      return [name, name === 'email' ? (value ?? '') : toJson(value)]
    }),
  )

const shownNames = (settings: Settings) =>
  takenOrShown(settings).filter((name) => userModel[name as FieldName]?.visibility !== 'never')

/** REQUIRED_FIELDS, each with the fields that are shown behind it; then those that need no naming. */
function takenOrShown({ requiredFields }: Settings): string[] {
  const others = Object.entries(userModel).filter(([name]) => !requiredFields.includes(name))
  const behind = (name: string) => others.filter(([, { after }]) => after === name)
  const unnamed = others.filter(([, { visibility }]) => visibility !== undefined)
  return [
    ...requiredFields.flatMap((name) => [name, ...behind(name).map(([own]) => own)]),
    ...unnamed.map(([name]) => name),
  ]
}
