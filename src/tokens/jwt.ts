// JSON Web Tokens as Simple JWT makes and reads them (rest_framework_simplejwt.tokens, .backends).
// The algorithm is the key's: what a token's own header says is only compared with it.

import { type JWSHeaderParameters, jwtVerify, SignJWT } from 'jose'
import * as errors from 'jose/errors'
import type { Settings } from '../settings/parse.ts'
import { audienceClaims, audienceOptions, type Claims } from './claims.ts'
import { remoteKey } from './remote-jwks.ts'
import {
  headerOf,
  isOwnKid,
  type SigningKeys,
  signerAt,
  signingKeys,
  verifyingKey,
} from './signing.ts'

export type TokenType = 'access' | 'refresh' | 'sliding'

/** Why a token is refused; the sentences are the wire's. */
export type TokenProblem =
  | 'invalid'
  | 'expired'
  | 'missing_exp'
  | 'missing_jti'
  | 'missing_type'
  | 'wrong_type'
  | 'missing_refresh_exp'
  | 'refresh_period_expired'
  | 'blacklisted'

/** A verified token. `isRemote`: the issuer of JWK_URL signed it, and not a key of ours. */
export interface Verified {
  claims: Claims
  isRemote: boolean
}

/** Signs claims in their order, with `aud` and `iss` behind them as the settings have them. */
export async function sign(settings: Settings, claims: Claims, issued: Date): Promise<string> {
  const signer = signerAt(await signingKeys(settings), issued)
  return new SignJWT({ ...claims, ...audienceClaims(settings) })
    .setProtectedHeader({ alg: signer.alg, typ: 'JWT', ...headerOf(signer) })
    .sign(signer.key)
}

/**
 * The claims of a token of ours, in Simple JWT's order of checks; without `type`, of any type
 * (UntypedToken). RFC 7519 §7.2.
 */
export async function readToken(
  settings: Settings,
  token: string,
  type: TokenType | undefined,
  now: Date,
): Promise<Claims | TokenProblem> {
  const read = await readVerified(settings, token, type, now)
  return typeof read === 'string' ? read : read.claims
}

/** The same, and whether a remote issuer signed it. */
export async function readVerified(
  settings: Settings,
  token: string,
  type: TokenType | undefined,
  now: Date,
): Promise<Verified | TokenProblem> {
  const read = await verified(settings, token, type, now)
  if (typeof read === 'string') return read
  const { claims } = read
  if (claims.exp === undefined) return 'missing_exp'
  if (settings.jtiClaim !== '' && claims[settings.jtiClaim] === undefined) return 'missing_jti'
  if (type === undefined) return read
  const claimed = claims[settings.tokenTypeClaim]
  if (claimed === undefined) return 'missing_type'
  if (claimed !== type) return 'wrong_type'
  return read
}

async function verified(
  settings: Settings,
  token: string,
  type: TokenType | undefined,
  now: Date,
): Promise<Verified | 'invalid' | 'expired'> {
  const keys = await signingKeys(settings)
  try {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      async (header) =>
        isRemoteKey(settings, keys, header, type)
          ? findRemoteKey(settings, header, now)
          : verifyingKey(keys, header),
      {
        currentDate: now,
        clockTolerance: settings.leeway,
        ...audienceOptions(settings),
      },
    )
    if (isRefusedByPyJwt(payload, protectedHeader, now, settings.leeway)) return 'invalid'
    const isRemote = isRemoteKey(settings, keys, protectedHeader, type)
    if (!isRemote && !isAbsentOrText(payload.sid)) return 'invalid'
    return { claims: isRemote ? withoutSession(payload) : payload, isRemote }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired'
    if (error instanceof errors.JOSEError) return 'invalid'
    throw error
  }
}

// Ours have a `kid` of ours, or none. Of another issuer an access token is enough: nobody else gives out
// ours.
const isRemoteKey = (
  { jwkUrl }: Settings,
  keys: SigningKeys,
  { kid }: { kid?: unknown },
  type?: TokenType,
) =>
  jwkUrl !== '' &&
  typeof kid === 'string' &&
  !isOwnKid(keys, kid) &&
  (type === 'access' || type === undefined)

// A session of another issuer is none of ours, whatever it is called.
const withoutSession = ({ sid: _, ...claims }: Claims): Claims => claims

function findRemoteKey({ jwkUrl, algorithm }: Settings, header: JWSHeaderParameters, now: Date) {
  if (header.alg !== algorithm) throw new errors.JOSEAlgNotAllowed('"alg" is not ALGORITHM')
  return remoteKey(jwkUrl, header, now)
}

// What jose lets pass: a token from the future, and ids that are no texts.
function isRefusedByPyJwt(
  { iat, jti }: Claims,
  { kid }: { kid?: unknown },
  now: Date,
  leeway: number,
): boolean {
  const isTimely = typeof iat === 'number' && iat <= now.getTime() / 1000 + leeway
  return (iat !== undefined && !isTimely) || !isAbsentOrText(jti) || !isAbsentOrText(kid)
}

const isAbsentOrText = (id: unknown) => id === undefined || typeof id === 'string'

/** The claims that tell tokens apart; without JTI_CLAIM a token has no id. */
export const typeClaim = (settings: Settings, type: TokenType) => ({
  [settings.tokenTypeClaim]: type,
})
export const idClaim = (settings: Settings, id: string) =>
  settings.jtiClaim === '' ? {} : { [settings.jtiClaim]: id }
