// What docs/differences.md, docs/decisions/012 and Simple JWT say of every token that was ever issued, as plain data and
// without a database. effects.ts has what requests change.

/** The settings of a run. */
export interface Rules {
  rotate: boolean
  blacklist: boolean
  /** Seconds. */
  reuseInterval: number
  checkSession: boolean
  checkRevoke: boolean
  logoutOnChange: boolean
  /** 0: no limit. */
  maxSessions: number
  /** Seconds; 0: none. */
  maxLifetime: number
  /** Seconds. */
  leeway: number
}

/** Milliseconds. At least as long as a client needs that obeys the Retry-After of a 503 (D1_TIMEOUT is 5 s). */
export const reuseIntervalOf = ({ reuseInterval }: Rules) =>
  reuseInterval === 0 ? 0 : Math.max(reuseInterval, 20) * 1000

/** Seconds; short enough that each expires during a run. */
export const lifetimes = {
  access: 300,
  refresh: 3600,
  sliding: 600,
  slidingRefresh: 900,
  link: 1800,
}

export interface Session {
  id: string
  counter: number
  refreshedAt: number
  lastUsed: number
  /** Milliseconds since the epoch: the end by SESSION_MAX_LIFETIME. */
  endsAt: number
  revoked: boolean
}

export interface Refresh {
  kind: 'refresh'
  text: string
  session: Session
  counter: number
  /** Seconds, as in the token. */
  exp: number
  version: number
}

interface Family {
  revoked: boolean
  refreshExp: number
}

export interface Sliding {
  kind: 'sliding'
  text: string
  family: Family
  exp: number
  version: number
}

export type Caller =
  | { kind: 'access'; text: string; session: Session; exp: number; version: number }
  | { kind: 'key'; text: string }
  | Sliding

export type Token = Refresh | Caller

export interface Link {
  uid: string
  token: string
  /** The model's `stamp` when the link was signed. */
  stamp: number
  madeAt: number
}

export interface Model {
  rules: Rules
  /** Milliseconds, as every time here but `exp`. */
  now: number
  password: string
  disabled: boolean
  /** How often all tokens without a row were revoked. */
  version: number
  /** Counts the changes that end every emailed link: a new password, disabling. */
  stamp: number
  sessions: Session[]
  tokens: Token[]
  links: Link[]
  /** The current authtoken key. */
  key: string | undefined
  /** The events that /auth/users/me/events/ must list, oldest first. */
  events: string[]
  /** The hour in which a login beyond MAX_SESSIONS was last recorded. */
  overLimitHour: number | undefined
  failures: number
}

export const newModel = (rules: Rules, password: string, now: number): Model => ({
  rules,
  now,
  password,
  disabled: false,
  version: 0,
  stamp: 0,
  sessions: [],
  tokens: [],
  links: [],
  key: undefined,
  events: [],
  overLimitHour: undefined,
  failures: 0,
})

/** The part of a response that the model predicts. */
export interface Outcome {
  status: number
  sentence?: string
}

export const sentences = {
  badToken: 'Given token not valid for any token type',
  expired: 'Token is invalid or expired',
  blacklisted: 'Token is blacklisted',
  inactive: 'No active account found for the given token.',
  changed: "The user's password has been changed.",
  loginFailed: 'No active account found with the given credentials',
  wrongPassword: 'Invalid password.',
}
export const unauthorized = (sentence: string): Outcome => ({ status: 401, sentence })

export const seconds = (time: number) => Math.floor(time / 1000)
/** Whether a token is expired, with LEEWAY. */
export const isExpired = ({ now, rules }: Model, { exp }: { exp: number }) =>
  exp <= seconds(now) - rules.leeway

export const refreshExpiry = ({ refreshedAt, endsAt }: Session) =>
  Math.min(refreshedAt + lifetimes.refresh * 1000, endsAt)

/** Whether the list of sessions shows it, and MAX_SESSIONS counts it. */
export const isActive = (model: Model, session: Session) =>
  !session.revoked && refreshExpiry(session) > model.now

/** Whether a refresh token works once; that takes both settings (docs/settings.md). */
export const isSingleUse = ({ rules }: Model) => rules.rotate && rules.blacklist

/** The response of a protected route to a token. */
export function accessOutcome(model: Model, token: Caller): Outcome {
  if (token.kind === 'key') {
    return token.text === model.key ? { status: 200 } : unauthorized('Invalid token.')
  }
  const { rules } = model
  if (isExpired(model, token)) return unauthorized(sentences.badToken)
  const isRevoked =
    token.kind === 'sliding'
      ? token.family.revoked
      : rules.checkSession && (token.session.revoked || token.session.endsAt <= model.now)
  if (isRevoked) return unauthorized(sentences.badToken)
  if (model.disabled) return unauthorized('User is inactive')
  // A new password always ends sliding tokens; other tokens only with CHECK_REVOKE_TOKEN.
  const endsWithPassword = token.kind === 'sliding' || rules.checkRevoke
  return endsWithPassword && token.version !== model.version
    ? unauthorized(sentences.changed)
    : { status: 200 }
}

/** The response of `/auth/jwt/verify/` to a refresh token: it reads the blacklist, and no user. */
export function verifyOutcome(model: Model, token: Refresh): Outcome {
  if (isExpired(model, token)) return unauthorized(sentences.expired)
  const isUsed = isSingleUse(model) && token.counter !== token.session.counter
  return model.rules.blacklist && (token.session.revoked || isUsed)
    ? { status: 400, sentence: sentences.blacklisted }
    : { status: 200 }
}

/** The active sessions, the last used first, as they are listed. */
export const activeSessions = (model: Model) =>
  model.sessions
    .filter((each) => isActive(model, each))
    .sort((one, other) => other.lastUsed - one.lastUsed)
