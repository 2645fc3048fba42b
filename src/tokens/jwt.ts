// JSON Web Tokens as Simple JWT writes and reads them (rest_framework_simplejwt.tokens, .backends). Each key has one
// algorithm. A token's header never chooses it, and must name the same one.

import { type JWSHeaderParameters, jwtVerify } from 'jose'
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
  signJwt,
  verifyingKey,
} from './signing.ts'

export type TokenType = 'access' | 'refresh' | 'sliding'

/** Why a token is refused. The messages are in guards/simple-jwt.ts. */
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

export interface Verified {
  claims: Claims
  /** Whether the issuer of JWK_URL signed the token, instead of a key of ours. */
  isRemote: boolean
}

/** Signs claims in their order, followed by AUDIENCE and ISSUER. */
export async function sign(settings: Settings, claims: Claims, issued: Date): Promise<string> {
  const signer = signerAt(await signingKeys(settings), issued)
  const header = { alg: signer.alg, typ: 'JWT', ...headerOf(signer) }
  return signJwt({ ...claims, ...audienceClaims(settings) }, header, signer)
}

/**
 * The claims of a token, after Simple JWT's checks in their order (RFC 7519 §7.2).
 * @param type undefined accepts any type (Simple JWT's UntypedToken)
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

/** As `readToken`, with `isRemote`. */
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
    if (!isRemote && !isAbsentOrString(payload.sid)) return 'invalid'
    return { claims: isRemote ? withoutSession(payload) : payload, isRemote }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired'
    if (error instanceof errors.JOSEError) return 'invalid'
    throw error
  }
}

// Our tokens have a `kid` of ours, or none. A remote issuer's key is accepted for access tokens, and if any type is accepted.
// A remote issuer never issues our refresh tokens.
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

// Another issuer's session id names no session of ours.
const withoutSession = ({ sid: _, ...claims }: Claims): Claims => claims

function findRemoteKey({ jwkUrl, algorithm }: Settings, header: JWSHeaderParameters, now: Date) {
  if (header.alg !== algorithm) throw new errors.JOSEAlgNotAllowed('"alg" is not ALGORITHM')
  return remoteKey(jwkUrl, header, now)
}

// What jose accepts and PyJWT does not: a token from the future, and an id that is not a string.
function isRefusedByPyJwt(
  { iat, jti }: Claims,
  { kid }: { kid?: unknown },
  now: Date,
  leeway: number,
): boolean {
  const isTimely = typeof iat === 'number' && iat <= now.getTime() / 1000 + leeway
  return (iat !== undefined && !isTimely) || !isAbsentOrString(jti) || !isAbsentOrString(kid)
}

const isAbsentOrString = (id: unknown) => id === undefined || typeof id === 'string'

/** TOKEN_TYPE_CLAIM. */
export const typeClaim = (settings: Settings, type: TokenType) => ({
  [settings.tokenTypeClaim]: type,
})

/** JTI_CLAIM; no claim if the setting is empty. */
export const idClaim = (settings: Settings, id: string) =>
  settings.jtiClaim === '' ? {} : { [settings.jtiClaim]: id }
