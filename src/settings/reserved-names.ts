// Finds names of a deployer's own claims and response keys that already mean something else.

import { hooks } from '../hooks.ts'
import { userModel } from '../schema.ts'
import { answerNames, coreNames } from '../user-model.ts'
import type { Settings } from './parse.ts'

export function reservedNameErrors(settings: Settings): string[] {
  const { claims = {}, loginResponse = {}, extraUserFields = {} } = hooks
  return [
    ...reservedNameError('claim', claims, [...coreNames, ...claimNames(settings)]),
    ...reservedNameError('key of loginResponse', loginResponse, [...coreNames, ...answerNames]),
    ...reservedNameError('field of extraUserFields', extraUserFields, [
      ...coreNames,
      ...Object.keys(userModel.fields),
    ]),
  ]
}

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

const reservedNameError = (what: string, named: object, taken: string[]) =>
  Object.keys(named)
    .filter((name) => taken.includes(name))
    .map((name) => `hooks: the ${what} "${name}" already has a meaning; choose another name`)
