// A session as a client keeps it: the tokens of a login, and when they came.

/** The login that this client has. */
export interface ClientSession {
  /** What the access token says: the user's id in `user_id`, and the claims that the deployment adds. */
  claims: Record<string, unknown>
}

export interface Tokens {
  access: string
  refresh?: string | undefined
}

/** Without tokens if they are in cookies. */
export interface StoredSession extends Partial<Tokens>, ClientSession {
  /** Milliseconds for which the access token is valid; undefined if it does not say. */
  lifetime?: number | undefined
  /** When the tokens were requested, by this device's clock, in milliseconds. */
  at: number
}

/** @param at when the tokens were requested, in milliseconds */
export function sessionOf({ access, refresh }: Tokens, at: number): StoredSession {
  const { exp, iat, jti: _, ...claims } = claimsIn(access)
  const lifetime =
    typeof exp === 'number' && typeof iat === 'number' ? (exp - iat) * 1000 : undefined
  return { access, ...(refresh !== undefined && { refresh }), claims, lifetime, at }
}

export const serialize = ({ access, refresh, ...others }: StoredSession) =>
  JSON.stringify(access === undefined ? others : { access, refresh, at: others.at })

/** @returns undefined for a text that `serialize` did not write */
export function parseSession(text: string | null | undefined): StoredSession | undefined {
  try {
    const stored = JSON.parse(text ?? '')
    if (typeof stored.access === 'string') return sessionOf(stored, stored.at)
    return typeof stored.claims === 'object' ? stored : undefined
  } catch {
    return undefined
  }
}

/**
 * Whether the access token expires soon. Its age is measured by one clock, this device's, and compared with the time between
 * its claims `iat` and `exp`. So it does not matter whether that clock is right.
 * @param validFor milliseconds for which the caller needs it
 */
export function isStale(
  { lifetime = Number.POSITIVE_INFINITY, at }: StoredSession,
  validFor = 0,
): boolean {
  const age = Date.now() - at
  return !(age >= 0 && age < lifetime - Math.max(Math.min(margin, lifetime / 5), validFor))
}

/** Milliseconds before its expiry at which a token is renewed; less for tokens of a short lifetime. */
const margin = 30_000

export const isSameSession = (one: ClientSession | undefined, other: ClientSession | undefined) =>
  JSON.stringify(one?.claims) === JSON.stringify(other?.claims)

/** The claims of a JWT, unverified. @returns none for a token that is no JWT */
function claimsIn(token: string): ClientSession['claims'] {
  try {
    const [, payload = ''] = token.split('.')
    const bytes = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const hex = (character: string) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    return JSON.parse(decodeURIComponent([...bytes].map(hex).join('')))
  } catch {
    return {}
  }
}
