// Finds names of a deployer's own fields, claims and response keys that already mean something else.

import { coreColumns } from '../core-columns.ts'
import { claims, extraUserFields, loginResponse } from '../hooks.ts'
import { users } from '../schema.ts'
import { type FieldName, userModel } from '../user-model.ts'
import type { Settings } from './parse.ts'

export function reservedNameErrors(settings: Settings): string[] {
  return [
    ...reservedNameError('user-model.ts: the field', Object.keys(userModel), [
      ...core,
      ...answers,
      ...asked,
    ]),
    ...Object.keys(userModel).flatMap(columnNameError),
    ...reservedNameError('hooks.ts: the claim', Object.keys(claims), [
      ...core,
      ...claimNames(settings),
    ]),
    ...reservedNameError('hooks.ts: the key of loginResponse', Object.keys(loginResponse), [
      ...core,
      ...answers,
    ]),
    ...reservedNameError('hooks.ts: the field of extraUserFields', Object.keys(extraUserFields), [
      ...core,
      ...Object.keys(userModel),
    ]),
  ]
}

/** The columns of every account, as in the table and as in code. */
const core = Object.keys(coreColumns).flatMap((name) => [
  name,
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
])
const answers = ['access', 'refresh', 'token', 'auth_token', 'pk', 'detail', 'code']
const asked = ['re_password', 'current_password', 'new_password', 're_new_password']

/** The claims of RFC 7519 §4.1 and RFC 8693 §4.1, and those by which our tokens and drf-jwt's differ. */
const claimNames = (settings: Settings) => [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'act', 'may_act', 'kid'],
  ...['sid', 'counter', 'token_type', 'user_id', 'hash_password', 'orig_iat', 'orig_jti'],
  settings.userIdClaim,
  settings.tokenTypeClaim,
  settings.jtiClaim,
  settings.revokeTokenClaim,
  settings.slidingTokenRefreshExpClaim,
]

const reservedNameError = (what: string, names: string[], taken: string[]) =>
  names
    .filter((name) => taken.includes(name))
    .map((name) => `${what} "${name}" already has a meaning; choose another name`)

// Rows, bodies and REQUIRED_FIELDS share the name.
function columnNameError(name: string): string[] {
  const column: string = users[name as FieldName].name
  return column === name
    ? []
    : [`user-model.ts: the column of "${name}" is "${column}"; it must be the field's own name`]
}
