// What the documents say of every token that was ever issued, as plain data and without a database:
// docs/differences.md, docs/decisions/012, and Simple JWT where they say "same". Here: what is so;
// what a request makes of it stands in effects.ts.

/** The settings that a run is played under. */
export interface Rules {
  rotate: boolean
  blacklist: boolean
  /** Seconds. */
  grace: number
  checkSession: boolean
  checkRevoke: boolean
  logoutOnChange: boolean
  /** 0: as many as one likes. */
  maxSessions: number
  /** Seconds; 0: none. */
  maxLifetime: number
  /** Seconds. */
  leeway: number
}

/** In milliseconds. At least as long as a client needs that obeys the Retry-After of a 503 (D1_TIMEOUT is 5 s). */
export const graceOf = ({ grace }: Rules) => (grace === 0 ? 0 : Math.max(grace, 20) * 1000)

/** In seconds, short enough that a run outlives each of them. */
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
  /** The absolute end. */
  endsAt: number
  ended: boolean
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

interface Chain {
  takenBack: boolean
  refreshExp: number
}

export interface Sliding {
  kind: 'sliding'
  text: string
  chain: Chain
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
  /** What of the account it was signed over. */
  stamp: number
  madeAt: number
}

export interface Model {
  rules: Rules
  /** Milliseconds, as every time here but `exp`. */
  now: number
  password: string
  disabled: boolean
  /** How often everything without a row was ended. */
  version: number
  /** Counts what a mailed link is signed over: each password, each last log-in. */
  stamp: number
  sessions: Session[]
  tokens: Token[]
  links: Link[]
  /** The authtoken key that stands. */
  key: string | undefined
  /** What is to be told at /auth/users/me/events/, oldest first. */
  events: string[]
  /** The hour in which a login beyond MAX_SESSIONS was last recorded. */
  surplusHour: number | undefined
  failures: number
}

export const newModel = (rules: Rules, password: string, now: number): Model => ({
  ...{ rules, now, password, disabled: false, version: 0, stamp: 0, sessions: [], tokens: [] },
  ...{ links: [], key: undefined, events: [], surplusHour: undefined, failures: 0 },
})

/** An answer, as far as it is foretold. */
export interface Outcome {
  status: number
  said?: string
}

export const said = {
  badToken: 'Given token not valid for any token type',
  expired: 'Token is invalid or expired',
  blacklisted: 'Token is blacklisted',
  inactive: 'No active account found for the given token.',
  changed: "The user's password has been changed.",
  noLogIn: 'No active account found with the given credentials',
  wrongPassword: 'Invalid password.',
}
export const refused = (sentence: string): Outcome => ({ status: 401, said: sentence })

export const seconds = (time: number) => Math.floor(time / 1000)
/** By the clock of the token, which LEEWAY sets back. */
export const isExpired = ({ now, rules }: Model, { exp }: { exp: number }) =>
  exp <= seconds(now) - rules.leeway

export const refreshEnd = ({ refreshedAt, endsAt }: Session) =>
  Math.min(refreshedAt + lifetimes.refresh * 1000, endsAt)

/** Seen by its owner in the list of log-ins, and counted by MAX_SESSIONS. */
export const isLiving = (model: Model, session: Session) =>
  !session.ended && refreshEnd(session) > model.now

/** Both settings together give single use (docs/settings.md). */
export const isSingleUse = ({ rules }: Model) => rules.rotate && rules.blacklist

/** What any protected route says to a token. */
export function verdict(model: Model, token: Caller): Outcome {
  if (token.kind === 'key') {
    return token.text === model.key ? { status: 200 } : refused('Invalid token.')
  }
  const { rules } = model
  if (isExpired(model, token)) return refused(said.badToken)
  const isOver =
    token.kind === 'sliding'
      ? token.chain.takenBack
      : rules.checkSession && (token.session.ended || token.session.endsAt <= model.now)
  if (isOver) return refused(said.badToken)
  if (model.disabled) return refused('User is inactive')
  // "A new password always ends sliding tokens"; others where CHECK_REVOKE_TOKEN asks.
  const isBound = token.kind === 'sliding' || rules.checkRevoke
  return isBound && token.version !== model.version ? refused(said.changed) : { status: 200 }
}

/** What `/auth/jwt/verify/` says of a refresh token: it knows the blacklist, and no user. */
export function verifies(model: Model, token: Refresh): Outcome {
  if (isExpired(model, token)) return refused(said.expired)
  const isUsed = isSingleUse(model) && token.counter !== token.session.counter
  return model.rules.blacklist && (token.session.ended || isUsed)
    ? { status: 400, said: said.blacklisted }
    : { status: 200 }
}

/** As they are listed, the last used first. */
export const livingSessions = (model: Model) =>
  model.sessions
    .filter((each) => isLiving(model, each))
    .sort((one, other) => other.lastUsed - one.lastUsed)
