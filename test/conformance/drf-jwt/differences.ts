// Where the Worker answers otherwise than drf-jwt, why, and what it answers instead.

/** An answer in which what is new each time is masked. */
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
const jpadilla = ['jpadilla.plain', 'jpadilla.cookie']
const styria = ['styria.plain', 'styria.cookie', 'styria.bl']
const never5xx = 'never a 5xx for what a client sent'
const immortal = 'a token without an end is no token'

export const differences: Allowed[] = [
  {
    reason: never5xx,
    labels: ['verify bad alg'],
    variants: jpadilla,
    instead: refused('Error decoding signature.'),
  },
  {
    reason: immortal,
    labels: ['verify no exp'],
    variants: jpadilla,
    instead: refused('Error decoding signature.'),
  },
  {
    reason: immortal,
    labels: ['verify no exp'],
    variants: styria,
    instead: refused('Invalid token.'),
  },
  {
    reason: 'a cookie that logs in goes over TLS, and not with what other sites ask for',
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
    reason: "nobody blacklists another's token",
    labels: ["blacklist by body (someone else's)"],
    instead: {
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    },
  },
  {
    reason: 'the whole chain is blacklisted',
    labels: ['refreshed child still ok?'],
    instead: { status: 403, body: { detail: 'Token is blacklisted.' } },
  },
  {
    reason: never5xx,
    labels: ['blacklist garbage'],
    instead: refused('Error decoding token.'),
  },
  {
    reason: `${never5xx}: without a token in the body, the one that calls`,
    labels: ['blacklist form'],
    instead: { status: 201, headers: post, body: { token: '<JWT>' } },
  },
  {
    reason: 'who logs out keeps no dead cookie, which would be refused wherever it is sent',
    labels: ['logout cookie'],
    instead: {
      cookie: 'jwt=; expires=<DATE>; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure',
    },
  },
]
