// Where the Worker's response differs from that of djangorestframework-jwt or drf-jwt, why, and what it is instead.

/** A response in which the values that differ each time are masked. */
export interface Seen {
  status: number
  headers: Record<string, string>
  body?: unknown
  cookie?: string
  token?: { header: unknown; claims: unknown }
  'second token'?: { header: unknown; claims: unknown }
}

export interface Allowed {
  reason: string
  labels: string[]
  variants?: string[]
  instead: Partial<Seen>
}

const json = (allow: string) => ({ 'content-type': 'application/json', allow, vary: 'Accept' })
const post = json('POST, OPTIONS')
const refused = (sentence: string): Partial<Seen> => ({
  status: 400,
  headers: post,
  body: { non_field_errors: [sentence] },
  cookie: undefined,
})
const djangorestframeworkJwt = ['jpadilla.plain', 'jpadilla.cookie']
const drfJwt = ['styria.plain', 'styria.cookie', 'styria.bl']
const never5xx = 'a client error is never answered with a 5xx'
const mustExpire = 'a token must have an expiry'

export const differences: Allowed[] = [
  {
    reason: never5xx,
    labels: ['verify bad alg'],
    variants: djangorestframeworkJwt,
    instead: refused('Error decoding signature.'),
  },
  {
    reason: mustExpire,
    labels: ['verify no exp'],
    variants: djangorestframeworkJwt,
    instead: refused('Error decoding signature.'),
  },
  {
    reason: mustExpire,
    labels: ['verify no exp'],
    variants: drfJwt,
    instead: refused('Invalid token.'),
  },
  {
    reason: 'a login cookie is sent over TLS only, and not with requests of other sites',
    labels: [
      ...['obtain', 'obtain form', 'obtain spaces', 'obtain sets cookie'],
      ...['verify', 'verify sets cookie', 'old token still valid'],
      ...['refresh', 'refresh sets cookie'],
    ],
    variants: ['jpadilla.cookie'],
    instead: {
      cookie: 'jwt=<JWT>; expires=<DATE>; HttpOnly; Max-Age=300; Path=/; SameSite=Lax; Secure',
    },
  },
  {
    reason: "a user cannot blacklist another user's token",
    labels: ["blacklist by body (someone else's)"],
    instead: {
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    },
  },
  {
    reason: 'the whole token family is blacklisted',
    labels: ['refreshed child still ok?'],
    instead: { status: 403, body: { detail: 'Token is blacklisted.' } },
  },
  {
    reason: never5xx,
    labels: ['blacklist garbage'],
    instead: refused('Error decoding token.'),
  },
  {
    reason: `${never5xx}: without a token in the body, the token of the caller is blacklisted`,
    labels: ['blacklist form'],
    instead: { status: 201, headers: post, body: { token: '<JWT>' } },
  },
  {
    reason: 'a logout deletes the cookie, which every endpoint would refuse from now on',
    labels: ['logout cookie'],
    instead: {
      cookie: 'jwt=; expires=<DATE>; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure',
    },
  },
]
