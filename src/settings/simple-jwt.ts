// What some of Simple JWT's settings may be.

/** With a pair of keys (RFC 7518 §3.1, RFC 8037). */
export const pairAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const

export type PairAlgorithm = (typeof pairAlgorithms)[number]

/** And with a secret that signs and verifies. */
export const algorithms = ['HS256', 'HS384', 'HS512', ...pairAlgorithms] as const

/** By name, or by Simple JWT's dotted path. */
export const tokenClasses: Record<string, 'access' | 'sliding'> = {
  AccessToken: 'access',
  SlidingToken: 'sliding',
  'rest_framework_simplejwt.tokens.AccessToken': 'access',
  'rest_framework_simplejwt.tokens.SlidingToken': 'sliding',
}
