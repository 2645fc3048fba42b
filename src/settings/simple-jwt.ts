// Simple JWT's settings.

import { secondsPerDay } from '../time.ts'
import type { Reader } from './env.ts'

/** Algorithms with a pair of keys (RFC 7518 §3.1, RFC 8037). */
// biome-ignore format: a row for each family
export const pairAlgorithms = [
  'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512', 'EdDSA',
] as const

export type PairAlgorithm = (typeof pairAlgorithms)[number]

/** These, and the algorithms with one secret that signs and verifies. */
const algorithms = ['HS256', 'HS384', 'HS512', ...pairAlgorithms] as const

/** By name, or by Simple JWT's dotted path. */
const tokenClasses: Record<string, 'access' | 'sliding'> = {
  AccessToken: 'access',
  SlidingToken: 'sliding',
  'rest_framework_simplejwt.tokens.AccessToken': 'access',
  'rest_framework_simplejwt.tokens.SlidingToken': 'sliding',
}

export const simpleJwtSettings = (read: Reader, loginField: 'email' | 'username') => ({
  /** The version of Simple JWT whose answers Gatehouse gives. @django ours */
  simpleJwtVersion: read.choice('SIMPLE_JWT_VERSION', ['5.2', '5.5'], '5.2'),
  /** How long an access token is valid. @django same */
  accessTokenLifetime: read.duration('ACCESS_TOKEN_LIFETIME', 5 * 60),
  /** How long a refresh token is valid. @django same */
  refreshTokenLifetime: read.duration('REFRESH_TOKEN_LIFETIME', secondsPerDay),
  /**
   * Whether a refresh answers a new refresh token.
   * @django better: with `BLACKLIST_AFTER_ROTATION` a token is used once, parallel refreshes have a reuse interval, and
   * reuse is detected
   */
  rotateRefreshTokens: read.boolean('ROTATE_REFRESH_TOKENS', false),
  /**
   * Whether a refresh token is refused after its rotation. A token that is used again ends its session.
   * @django better: with `ROTATE_REFRESH_TOKENS`, as above
   */
  blacklistAfterRotation: read.boolean('BLACKLIST_AFTER_ROTATION', false),
  /**
   * Whether a token ends with the password that it was issued for. Tokens of the former Django are valid for imported
   * users until their password changes here.
   * @django better: the claim is keyed, over a version and not over the hash. A refresh checks it too, and ends the
   * session if it fails
   */
  checkRevokeToken: read.boolean('CHECK_REVOKE_TOKEN', false),
  /** Whether a login by Simple JWT's endpoints writes `last_login`. @django same */
  updateLastLogin: read.boolean('UPDATE_LAST_LOGIN', false),
  /** Whether the tokens of a user that is not active are refused. @django same */
  checkUserIsActive: read.boolean('CHECK_USER_IS_ACTIVE', true),
  /** The schemes that the header may have. @django same */
  authHeaderTypes: read.list('AUTH_HEADER_TYPES', ['Bearer'], { nonEmpty: true }),
  /** The header that holds the token, in the form of Django's `META`. @django same */
  authHeaderName: read.headerName('AUTH_HEADER_NAME', 'HTTP_AUTHORIZATION'),
  ...verification(read),
  ...claims(read, loginField),
  ...slidingTokens(read),
})

export function jwtKeySettings(read: Reader, development: boolean) {
  /**
   * A set of key pairs that rotate while no user is logged out, each with its own algorithm: [how](deploying.md#rotate-the-signing-key).
   * `ALGORITHM` is then that of `SIGNING_KEY`, which verifies beside them, and of `JWK_URL`.
   * @django ours
   */
  const signingKeys = read.text('SIGNING_KEYS', '', { secret: true })
  return {
    signingKeys,
    /**
     * Signs JWTs: a secret for `HS*`, otherwise a private key in PEM (PKCS 8, PKCS 1 or SEC 1). It may be missing beside
     * `SIGNING_KEYS`.
     * @django same
     */
    signingKey: read.secret('SIGNING_KEY', development ? 1 : 32, { optional: signingKeys !== '' }),
    /**
     * The public key in PEM (SPKI, PKCS 1 or a certificate); it must belong to `SIGNING_KEY`, and is published. Not for
     * `HS*`.
     * @django same
     */
    verifyingKey: read.text('VERIFYING_KEY', '', { secret: true }),
    /** The algorithm of JWTs. ES256K and ES521 are not offered. @django same */
    algorithm: read.choice('ALGORITHM', algorithms, 'HS256'),
  }
}

const verification = (read: Reader) => ({
  /** How far the clocks of issuer and verifier may differ. @django same */
  leeway: read.duration('LEEWAY', 0, { allowZero: true }),
  /** The audience that tokens name and must name. Empty: none. @django same */
  audience: read.list('AUDIENCE', []),
  /** The issuer that tokens name and must name. Empty: none. @django same */
  issuer: read.text('ISSUER', ''),
  /**
   * The published keys of another issuer, whose access tokens are accepted by `kid` beside ours. It must be https, and
   * requires `ISSUER`, `AUDIENCE` and an `ALGORITHM` with public keys.
   * @django better: an invented `kid` causes no fetch, and the issuer's `max-age` counts
   */
  jwkUrl: read.text('JWK_URL', ''),
})

const claims = (read: Reader, loginField: 'email' | 'username') => ({
  /**
   * The claim that names the user. `sub` is always written as a string (RFC 7519 §4.1.2), since PyJWT refuses a number
   * there; both are read.
   * @django same
   */
  userIdClaim: read.text('USER_ID_CLAIM', 'user_id'),
  /** The user's field in that claim: `id`, or the field that users log in with. @django same */
  userIdField: read.choice('USER_ID_FIELD', ['id', loginField], 'id'),
  /** The claim with the type of a token. A type is always required. @django same */
  tokenTypeClaim: read.text('TOKEN_TYPE_CLAIM', 'token_type'),
  /** The claim with the id of a token. `none` is Django's `None`: no id is written or required. @django same */
  jtiClaim: read.text('JTI_CLAIM', 'jti').replace(/^none$/i, ''),
  /** The claim that `CHECK_REVOKE_TOKEN` writes. @django same */
  revokeTokenClaim: read.text('REVOKE_TOKEN_CLAIM', 'hash_password'),
})

const slidingTokens = (read: Reader) => ({
  /** The classes of tokens that open a route, in the order in which they are tried. @django same */
  authTokenClasses: read
    .list('AUTH_TOKEN_CLASSES', ['AccessToken'], {
      nonEmpty: true,
      choices: Object.keys(tokenClasses),
    })
    .map((name) => tokenClasses[name] ?? 'access'),
  /** How long a sliding token is valid. A new password always ends it. @django same */
  slidingTokenLifetime: read.duration('SLIDING_TOKEN_LIFETIME', 5 * 60),
  /** How long a sliding token can be refreshed. @django same */
  slidingTokenRefreshLifetime: read.duration('SLIDING_TOKEN_REFRESH_LIFETIME', secondsPerDay),
  /** The claim with the end of that time. @django same */
  slidingTokenRefreshExpClaim: read.text('SLIDING_TOKEN_REFRESH_EXP_CLAIM', 'refresh_exp'),
})
