// drf-jwt's tokens, as djangorestframework-jwt and drf-jwt write them (DRF_JWT_PACKAGE). There is no refresh token: a token
// is itself exchanged for another one. All tokens of one login are a token family, named by its first `jti`.

import { jwtVerify } from 'jose'
import * as errors from 'jose/errors'
import { claimsFor } from '../hooks.ts'
import { publicIdOf } from '../public-id.ts'
import type { User } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { epochSeconds, fromEpochSeconds } from '../time.ts'
import type { Claims } from './claims.ts'
import { audienceClaims, audienceOptions } from './claims.ts'
import { matchesTokenVersion, tokenVersionDigest } from './revoke-claim.ts'
import { headerOf, signerAt, signingKeys, signJwt, verifyingKey } from './signing.ts'

/** Why a token is refused before its user is read. */
export type DrfJwtProblem = 'expired' | 'undecodable' | 'invalid'

/** The staff user in an impersonation token (RFC 8693 §4.1). Their password, token family or session ends it. */
export interface Actor {
  sub: string
  token_version: number
  jti?: string
  sid?: string
}

/** The values that a token inherits from the token that it replaces, or from the impersonation that it begins. */
interface Parent {
  parent?: Claims
  actor?: Actor
}

/** A user's token; with a parent, the next token of its family. */
export async function newDrfJwt(
  settings: Settings,
  user: User,
  { parent, actor }: Parent,
  now: Date,
): Promise<{ token: string; claims: Claims }> {
  const { packageName, lifetime, allowRefresh, namesById } = settings.drfJwt
  const iat = epochSeconds(now)
  const exp = Math.floor(now.getTime() / 1000 + lifetime)
  const username = user[settings.loginField] ?? ''
  const origIat = parent ? parent.orig_iat : allowRefresh ? iat : undefined
  const origJti = parent && tokenFamilyOf(parent)
  const act = parent ? parent.act : actor
  const id = namesById ? { user_id: publicIdOf(settings, user) } : {}
  const claims = {
    ...(packageName === 'drf-jwt'
      ? { username, iat, exp, jti: crypto.randomUUID(), ...id } // 122 bits
      : { ...id, username, exp, email: user.email ?? '' }),
    ...claimsFor(user),
    ...(origIat !== undefined && { orig_iat: origIat }),
    ...audienceClaims(settings.drfJwt),
    ...(origJti !== undefined && { orig_jti: origJti }),
    ...(act !== undefined && { act }),
    hash_password: await tokenVersionDigest(settings.secretKey, user.id, user.tokenVersion),
  }
  const signer = signerAt(await signingKeys(settings), now)
  const header = { typ: 'JWT', alg: signer.alg, ...headerOf(signer) }
  return { token: await signJwt(claims, header, signer), claims }
}

/**
 * The claims of a valid token. The errors are those that PyJWT 1.7 distinguishes. A token without `exp` is refused, although
 * both packages accept it for ever.
 */
export async function readDrfJwt(
  settings: Settings,
  token: string,
  now: Date,
): Promise<Claims | DrfJwtProblem> {
  const { leeway, audience } = settings.drfJwt
  try {
    const keys = await signingKeys(settings)
    const { payload } = await jwtVerify(token, (header) => verifyingKey(keys, header), {
      currentDate: now,
      clockTolerance: leeway,
      ...audienceOptions(settings.drfJwt),
    })
    const isForAnother = payload.aud !== undefined && audience.length === 0
    return isForAnother || payload.exp === undefined ? 'invalid' : payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired'
    if (error instanceof errors.JOSEAlgNotAllowed) return 'invalid'
    if (error instanceof errors.JWTClaimValidationFailed) return 'invalid'
    if (error instanceof errors.JOSEError) return 'undecodable'
    throw error
  }
}

/** Whether the claims are those of a drf-jwt token: Simple JWT's have a type, by either name, or a session. */
export const isDrfJwt = ({ tokenTypeClaim }: Settings, claims: Record<string, unknown>) =>
  ['token_type', tokenTypeClaim, 'sid'].every((name) => claims[name] === undefined)

/** The `jti` of the family's first token; undefined for djangorestframework-jwt's tokens, which have none. */
export function tokenFamilyOf({ orig_jti, jti }: Claims): string | undefined {
  const id = orig_jti ?? jti
  return typeof id === 'string' && id !== '' ? id : undefined
}

/** When the last token of the family expires. */
export function familyExpiry(settings: Settings, { exp = 0, orig_iat }: Claims): Date {
  const { lifetime, refreshLifetime, leeway } = settings.drfJwt
  const last = typeof orig_iat === 'number' ? orig_iat + refreshLifetime + lifetime : 0
  return fromEpochSeconds(Math.max(exp, last) + leeway)
}

/** Whether a token was issued for the user's current token version. A token without our claim counts as version 0. */
export async function hasCurrentVersion(
  settings: Settings,
  { hash_password: claimed }: Claims,
  user: User,
): Promise<boolean> {
  if (claimed === undefined) return user.tokenVersion === 0
  return typeof claimed === 'string' && matchesTokenVersion(settings, claimed, user)
}

/** The actor of a token; undefined if it has none, false if the claim is not one of ours. */
export function readActor({ act }: Claims): Actor | undefined | false {
  if (act === undefined) return undefined
  const { sub, token_version, jti, sid } = (act ?? {}) as Partial<Record<keyof Actor, unknown>>
  if (typeof sub !== 'string' || typeof token_version !== 'number') return false
  return {
    sub,
    token_version,
    ...(typeof jti === 'string' && { jti }),
    ...(typeof sid === 'string' && { sid }),
  }
}
