// The login and password, as each package names and reads them.

import * as v from 'valibot'
import { password, text } from '../http/fields.ts'
import type { Settings } from '../settings/parse.ts'

/** Simple JWT's TokenObtainSerializer. */
export const credentialFields = ({ loginField }: Settings) => ({
  [loginField]: text(),
  password: password(),
})

/** AuthTokenSerializer: the field is called `username` whatever LOGIN_FIELD is, and the password is not trimmed. */
export const authtokenCredentialFields = {
  username: text(),
  password: password({ trim: false }),
}

/** Djoser's TokenCreateSerializer, which requires neither. */
export const djoserCredentialFields = ({ loginField }: Settings) => ({
  password: v.optional(password()),
  [loginField]: v.optional(text()),
})

/** JSONWebTokenSerializer of djangorestframework-jwt and drf-jwt, whose errors have different orders. */
export const drfJwtCredentialFields = ({ loginField, drfJwt }: Settings) =>
  drfJwt.packageName === 'drf-jwt'
    ? { password: password(), [loginField]: text() }
    : { [loginField]: text(), password: password() }
