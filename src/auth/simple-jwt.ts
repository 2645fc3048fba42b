// Finds the user of a Simple JWT token, and decides whether the token is still valid. A token is refused after it or its
// session was revoked, after its user was disabled, and after the password changed.

import { type SQL, sql } from 'drizzle-orm'
import { canAuthenticate } from '../hooks.ts'
import { isActiveSession, isSessionOf } from '../sessions/sessions.ts'
import { isSlidingRevoked } from '../sessions/sliding.ts'
import type { Settings } from '../settings/parse.ts'
import { type Claims, userIdFromClaims } from '../tokens/claims.ts'
import { readVerified, type TokenProblem, type Verified } from '../tokens/jwt.ts'
import { hasCurrentRevokeClaim, passesRevokeCheck } from '../tokens/revoke-claim.ts'
import type { Credential } from './credential.ts'

/** Reads a token of one of AUTH_TOKEN_CLASSES. @returns the problem for each class if it fits none */
export async function readAccessToken(
  settings: Settings,
  token: string,
  now: Date,
): Promise<Verified | TokenProblem[]> {
  const problems: TokenProblem[] = []
  for (const type of settings.authTokenClasses) {
    const read = await readVerified(settings, token, type, now)
    if (typeof read !== 'string') return read
    problems.push(read)
  }
  return problems
}

/** The credential of a verified token. `user_not_found`: the token's claim cannot be the id of a user. */
export function simpleJwtCredential(
  settings: Settings,
  verified: Verified,
  now: Date,
): Credential | 'no_user_id' | 'user_not_found' {
  const { claims } = verified
  if (claims[settings.userIdClaim] === undefined) return 'no_user_id'
  const userId = userIdFromClaims(settings, claims)
  if (!userId) return 'user_not_found'
  const sliding = isSliding(settings, claims)
  const hasCurrentPassword = sliding ? hasCurrentRevokeClaim : passesRevokeCheck
  // Simple JWT answers a token of an earlier password with its own words, if CHECK_REVOKE_TOKEN is on.
  const failsByPassword = settings.checkRevokeToken && claims.sid === undefined && !sliding
  return {
    userId,
    isValid: validitySql(settings, verified, now),
    claims,
    async checkUser(user, isValid) {
      if (!isValid && !failsByPassword) return 'revoked'
      if (settings.checkUserIsActive && user.status !== 'active') return 'user_inactive'
      if (!canAuthenticate(user)) return 'user_inactive'
      const isCurrent = isValid && (await hasCurrentPassword(settings, claims, user))
      return isCurrent ? user : 'password_changed'
    },
  }
}

/**
 * SQL on `users`: 1 if the token has not been revoked. The session must belong to the user, because the value that names the
 * user (USER_ID_FIELD) may belong to another user by now. Django issued an access token without a session before the users
 * moved here. It counts as version 0, whatever CHECK_SESSION and CHECK_REVOKE_TOKEN say.
 */
function validitySql(settings: Settings, { claims, isRemote }: Verified, now: Date): SQL<number> {
  if (isSliding(settings, claims)) return sql`not ${isSlidingRevoked(settings, claims)}`
  if (isRemote) return sql`1`
  const { sid } = claims
  if (typeof sid !== 'string') return sql`users.token_version = 0`
  const owner = sql`users.id`
  return settings.checkSession ? isActiveSession(sid, owner, now) : isSessionOf(sid, owner)
}

const isSliding = (settings: Settings, claims: Claims) =>
  claims[settings.tokenTypeClaim] === 'sliding'
