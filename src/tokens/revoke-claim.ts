// What ends a user's tokens when the password changes: Simple JWT's REVOKE_TOKEN_CLAIM. Ours is an HMAC of the user's token
// version instead of a digest of the password hash, so that an upgraded hash ends no token.

import { hexDigest, isEqual } from '../encoding.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from './claims.ts'
import { hmac } from './hmac.ts'

/** For tokens without a session. */
export const revokeClaim = async (settings: Settings, userId: number, tokenVersion: number) => ({
  [settings.revokeTokenClaim]: await tokenVersionDigest(settings.secretKey, userId, tokenVersion),
})

/** For tokens of a session, which need it only with CHECK_REVOKE_TOKEN. */
export const checkedRevokeClaim = async (
  settings: Settings,
  userId: number,
  tokenVersion: number,
) => (settings.checkRevokeToken ? revokeClaim(settings, userId, tokenVersion) : {})

type ClaimSubject = Pick<User, 'id' | 'tokenVersion' | 'password' | 'rehashed'>

/** `hasCurrentRevokeClaim`; true without CHECK_REVOKE_TOKEN. */
export const passesRevokeCheck = async (settings: Settings, claims: Claims, user: ClaimSubject) =>
  !settings.checkRevokeToken || hasCurrentRevokeClaim(settings, claims, user)

/** Whether a token was issued since the password last changed. */
export async function hasCurrentRevokeClaim(
  settings: Settings,
  claims: Claims,
  user: ClaimSubject,
): Promise<boolean> {
  const claimed = claims[settings.revokeTokenClaim]
  if (typeof claimed === 'string' && (await matchesTokenVersion(settings, claimed, user)))
    return true
  // A token of the Django that the users were imported from.
  const isDjangoToken = claimed === undefined || (await isDjangoRevokeClaim(claimed, user))
  return isDjangoToken && user.tokenVersion === 0
}

/** Whether a claim is of the user's token version, under SECRET_KEY or a fallback. */
export async function matchesTokenVersion(
  settings: Settings,
  claimed: string,
  { id, tokenVersion }: Pick<User, 'id' | 'tokenVersion'>,
): Promise<boolean> {
  for (const key of [settings.secretKey, ...settings.secretKeyFallbacks]) {
    if (isEqual(claimed, await tokenVersionDigest(key, id, tokenVersion))) return true
  }
  return false
}

// Simple JWT's `get_md5_hash_password`, compared with the imported hash. After a login here has replaced that hash, any
// claim of this form counts, because nothing is left to compare it with.
async function isDjangoRevokeClaim(
  claimed: unknown,
  { password, rehashed }: Pick<User, 'password' | 'rehashed'>,
): Promise<boolean> {
  if (typeof claimed !== 'string' || !/^[\dA-F]{32}$/.test(claimed)) return false
  if (rehashed) return true
  return isEqual(claimed, (await hexDigest('MD5', password)).toUpperCase())
}

export const tokenVersionDigest = async (secretKey: string, userId: number, tokenVersion: number) =>
  (await hmac(secretKey, 'revoke claim', [userId, tokenVersion])).slice(0, 32)
