// Names that a deployer gave in code, for fields, claims and keys of an answer, and that mean something else
// already.

import { coreColumns } from '../core-columns.ts'
import { claims, loginAnswer, shown } from '../hooks.ts'
import { users } from '../schema.ts'
import { type ProfileName, profile } from '../user-model.ts'
import type { Settings } from './parse.ts'

export function namesTakenIn(settings: Settings): string[] {
  return [
    ...complain('profile.ts: the field', Object.keys(profile), [...core, ...answers, ...asked]),
    ...Object.keys(profile).flatMap(misnamed),
    ...complain('custom.ts: the claim', Object.keys(claims), [...core, ...claimsOf(settings)]),
    ...complain('custom.ts: the key of loginAnswer', Object.keys(loginAnswer), [
      ...core,
      ...answers,
    ]),
    ...complain('custom.ts: the field of shown', Object.keys(shown), [
      ...core,
      ...Object.keys(profile),
    ]),
  ]
}

/** As in the table, and as in code. */
const core = Object.keys(coreColumns).flatMap((name) => [
  name,
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
])
const answers = ['access', 'refresh', 'token', 'auth_token', 'pk', 'detail', 'code']
const asked = ['re_password', 'current_password', 'new_password', 're_new_password']

/** RFC 7519 §4.1, RFC 8693 §4.1, and those that tokens of ours and drf-jwt's are told apart by. */
const claimsOf = (settings: Settings) => [
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'act', 'may_act', 'kid'],
  ...['sid', 'counter', 'token_type', 'user_id', 'hash_password', 'orig_iat', 'orig_jti'],
  settings.userIdClaim,
  settings.tokenTypeClaim,
  settings.jtiClaim,
  settings.revokeTokenClaim,
  settings.slidingTokenRefreshExpClaim,
]

const complain = (what: string, names: string[], taken: string[]) =>
  names
    .filter((name) => taken.includes(name))
    .map((name) => `${what} "${name}" has a meaning already; it wants another name`)

// Rows, bodies and REQUIRED_FIELDS share the name.
function misnamed(name: string): string[] {
  const column: string = users[name as ProfileName].name
  return column === name
    ? []
    : [`profile.ts: the column of "${name}" is "${column}"; it wants the field's own name`]
}
