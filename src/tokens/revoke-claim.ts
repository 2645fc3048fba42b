import { hexDigest, isEqual } from '../encoding.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import type { Claims } from './claims.ts'
import { hmac } from './hmac.ts'

/**
 * What ends a user's tokens when the password changes: Simple JWT's REVOKE_TOKEN_CLAIM, but keyed, and
 * over a version in place of the hash, so that a re-hash logs nobody out.
 */
export const revokeClaim = async (settings: Settings, userId: number, tokenVersion: number) => ({
  [settings.revokeTokenClaim]: await tokenVersionDigest(settings.secretKey, userId, tokenVersion),
})

/** The same for tokens that a session ends: only where CHECK_REVOKE_TOKEN asks. */
export const checkedRevokeClaim = async (
  settings: Settings,
  userId: number,
  tokenVersion: number,
) => (settings.checkRevokeToken ? revokeClaim(settings, userId, tokenVersion) : {})

/** Whose password a token's mark is compared with. */
type ClaimSubject = Pick<User, 'id' | 'tokenVersion' | 'password' | 'rehashed'>

/** Whether a token was issued since the password last changed, where CHECK_REVOKE_TOKEN asks. */
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
  // Tokens of the Django that people came from.
  const isTheirs = claimed === undefined || (await isDjangoRevokeClaim(claimed, user))
  return isTheirs && user.tokenVersion === 0
}

/** Whether a mark is of this version of the user, under any SECRET_KEY that still counts. */
export async function matchesTokenVersion(
  settings: Settings,
  mark: string,
  { id, tokenVersion }: Pick<User, 'id' | 'tokenVersion'>,
): Promise<boolean> {
  for (const key of [settings.secretKey, ...settings.secretKeyFallbacks]) {
    if (isEqual(mark, await tokenVersionDigest(key, id, tokenVersion))) return true
  }
  return false
}

// Simple JWT's `get_md5_hash_password`, compared with the imported hash. Once a login here has replaced that
// hash, any claim of this form counts: nothing is left by which to know that of an earlier password.
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
