// Checks of the settings of JWTs: keys, claims, and another issuer's keys.

import { checks, mustBeHttps } from './check-list.ts'
import type { Settings } from './parse.ts'

const pem = /-----BEGIN [A-Z0-9 ]+-----/

/** The errors of keys as text. tokens/signing.ts imports the keys, and finds the other errors. */
export function checkKeys({ algorithm, signingKey, verifyingKey, signingKeys }: Settings) {
  if (signingKey === '' && signingKeys !== '') return []
  const isSecret = algorithm.startsWith('HS')
  const isPem = pem.test(signingKey)
  return checks([
    [
      isSecret && isPem,
      `SIGNING_KEY is PEM; ALGORITHM ${algorithm} requires a secret of random bytes`,
    ],
    [
      !isSecret && !isPem,
      `SIGNING_KEY is not PEM; ALGORITHM ${algorithm} requires a private key in PEM`,
    ],
    [
      !isSecret && !pem.test(verifyingKey),
      `VERIFYING_KEY is not PEM; ALGORITHM ${algorithm} requires the public key in PEM`,
    ],
  ])
}

/** Each claim must have one meaning. */
export function checkClaims(settings: Settings): string[] {
  const named = [
    ['USER_ID_CLAIM', settings.userIdClaim],
    ['TOKEN_TYPE_CLAIM', settings.tokenTypeClaim],
    ['JTI_CLAIM', settings.jtiClaim],
    ['REVOKE_TOKEN_CLAIM', settings.revokeTokenClaim],
    ['SLIDING_TOKEN_REFRESH_EXP_CLAIM', settings.slidingTokenRefreshExpClaim],
  ] as const
  const reserved = ['exp', 'iat', 'nbf', 'aud', 'iss', 'sid', 'counter']
  return checks(
    named.map(([name, claim], index) => [
      [...reserved, ...named.slice(0, index).map(([, other]) => other)].includes(claim),
      `${name} is "${claim}"; it must be a claim with no other meaning`,
    ]),
  )
}

/** JWK_URL must accept the tokens of that issuer for us, and no others. */
export function checkIssuer({ jwkUrl, algorithm, audience, issuer, development }: Settings) {
  if (jwkUrl === '') return []
  return checks([
    mustBeHttps('JWK_URL', jwkUrl, development),
    [issuer === '', 'JWK_URL requires ISSUER'],
    [audience.length === 0, 'JWK_URL requires AUDIENCE'],
    [algorithm.startsWith('HS'), 'JWK_URL requires an ALGORITHM with public keys'],
  ])
}
