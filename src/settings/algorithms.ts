// The algorithms of JWTs (RFC 7518 §3.1, RFC 8037): with a secret that signs and verifies, or with a pair of keys.

export const pairAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA'] as const),
] as const

export type PairAlgorithm = (typeof pairAlgorithms)[number]

export const algorithms = ['HS256', 'HS384', 'HS512', ...pairAlgorithms] as const
