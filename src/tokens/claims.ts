// The user in a token: USER_ID_FIELD under USER_ID_CLAIM, the deployer's claims, audience and issuer.

import { type SQL, sql } from 'drizzle-orm'
import type { JWTPayload } from 'jose'
import { claimsFor } from '../hooks.ts'
import { type PublicId, parsePublicId, publicIdOf } from '../public-id.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'

export type Claims = JWTPayload

/** The claims of every JWT of a user: USER_ID_CLAIM, and those of the deployer's hook. */
export const userClaims = (settings: Settings, user: User) => ({
  ...userIdClaim(settings, userIdFieldOf(settings, user) ?? publicIdOf(settings, user)),
  ...claimsFor(user),
})

const userIdFieldOf = ({ userIdField }: Settings, user: User) =>
  userIdField === 'id' ? undefined : user[userIdField]

/**
 * Simple JWT writes `user_id` as an integer before 5.5.0 and as a string since. `sub` is always a string (RFC 7519
 * §4.1.2), because PyJWT refuses any other. Both forms are read, whichever is written.
 */
const userIdClaim = ({ userIdClaim: name, simpleJwtVersion }: Settings, subject: PublicId) => ({
  [name]: simpleJwtVersion === '5.5' || name === 'sub' ? String(subject) : subject,
})

type Audience = Pick<Settings, 'audience' | 'issuer'>

/** `aud` and `iss` (RFC 7519 §4.1): one audience as a string, several as a list, none as no claim. */
export function audienceClaims({ audience, issuer }: Audience) {
  const aud = audience.length > 1 ? audience : audience[0]
  return { ...(aud !== undefined && { aud }), ...(issuer !== '' && { iss: issuer }) }
}

/** The audience and the issuer as options of jose's `jwtVerify`, which requires them in a token. */
export const audienceOptions = ({ audience, issuer }: Audience) => ({
  ...(audience.length > 0 && { audience }),
  ...(issuer !== '' && { issuer }),
})

/** SQL: the id of the user that the claims name; undefined if they cannot name a user. */
export function userIdFromClaims(settings: Settings, claims: Claims): SQL<number> | undefined {
  const claim = claims[settings.userIdClaim]
  if (typeof claim !== 'number' && typeof claim !== 'string') return undefined
  if (settings.userIdField !== 'id') {
    const field = sql.identifier(settings.userIdField)
    return sql`(select named.id from users named where named.${field} = ${String(claim)})`
  }
  return parsePublicId(settings, `${claim}`)?.id
}
