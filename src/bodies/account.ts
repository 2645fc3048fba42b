// The fields of bodies about an account's password, login and links (djoser.serializers).

import * as v from 'valibot'
import { email, password, text } from '../http/fields.ts'
import type { Settings } from '../settings/parse.ts'
import { loginNameField } from './users.ts'

/** A field that compares the current password where it is validated, so that its error joins those of other fields. */
type CurrentPassword = v.GenericSchemaAsync<unknown, string> | v.GenericSchema<unknown, string>

/** The address that a link is sent to. */
export const addressFields = { email: email() }

/** The two parts of a mailed link. */
export const linkFields = { uid: text(), token: text() }

export const currentPasswordFields = <T extends CurrentPassword>(currentPassword: T) => ({
  current_password: currentPassword,
})

export const setPasswordFields = <T extends CurrentPassword>(
  { setPasswordRetype }: Settings,
  currentPassword: T,
) => ({
  new_password: password(),
  ...(setPasswordRetype && { re_new_password: password() }),
  current_password: currentPassword,
})

export const resetPasswordFields = ({ passwordResetConfirmRetype }: Settings) => ({
  uid: text(),
  token: text(),
  new_password: password(),
  ...(passwordResetConfirmRetype && { re_new_password: password() }),
})

export function setLoginFields<T extends CurrentPassword>(settings: Settings, currentPassword: T) {
  const { newLogin, retyped } = newLoginNames(settings)
  return {
    current_password: currentPassword,
    [newLogin]: loginNameField(settings),
    ...(settings.setUsernameRetype && { [retyped]: text() }),
  }
}

export function resetLoginFields(settings: Settings) {
  const { newLogin, retyped } = newLoginNames(settings)
  return {
    uid: linkPart(),
    token: linkPart(),
    [newLogin]: loginNameField(settings),
    ...(settings.usernameResetConfirmRetype && { [retyped]: text() }),
  }
}

export const newLoginNames = ({ loginField }: Settings) => ({
  newLogin: `new_${loginField}`,
  retyped: `re_new_${loginField}`,
})

// Not a field of Djoser's serializer. If the value is missing or not a text, the link is wrong.
const linkPart = () =>
  v.pipe(
    v.optional(v.unknown(), ''),
    v.transform((part) => (typeof part === 'string' ? part : '')),
    v.metadata({ type: 'string' }),
  )
