// What requests do by the documents: each function foretells an answer and does to the model what the request
// does to the world.

import {
  graceOf,
  isExpired,
  isSingleUse,
  type Link,
  lifetimes,
  livingSessions,
  type Model,
  type Outcome,
  type Refresh,
  refused,
  type Session,
  type Sliding,
  said,
  seconds,
} from './model.ts'

/** A log-in of whatever kind; a session is then added by `begin`, once its id is known. */
export function enter(model: Model, password: string): Outcome {
  if (password === model.password && !model.disabled) return { status: 200 }
  model.failures++
  return refused(said.noLogIn)
}

/** The session of a log-in; what is more than MAX_SESSIONS ends, the longest unused first. */
export function begin(model: Model, id: string): Session {
  const { now, rules } = model
  const endsAt = rules.maxLifetime ? now + rules.maxLifetime * 1000 : Number.POSITIVE_INFINITY
  const session = { id, counter: 0, refreshedAt: now, lastUsed: now, endsAt, ended: false }
  model.sessions.push(session)
  model.events.push('login session')
  const living = livingSessions(model)
  const surplus = rules.maxSessions > 0 ? living.slice(rules.maxSessions) : []
  for (const each of surplus) each.ended = true
  if (surplus.length > 0) tellOfSurplus(model)
  return session
}

/** Once an hour, however often it happens. */
function tellOfSurplus(model: Model) {
  const hour = Math.floor(model.now / 3_600_000)
  if (model.surplusHour !== hour) model.events.push('session_revoked session_limit')
  model.surplusHour = hour
}

/** What a refresh token is exchanged for. `known`: the very pair that was answered before. */
export function refresh(
  model: Model,
  token: Refresh,
): Outcome & { issues?: 'access' | 'pair'; known?: Refresh } {
  const { rules, now } = model
  const { session } = token
  if (isExpired(model, token)) return refused(said.expired)
  if (model.disabled) return refused(said.inactive)
  if (session.ended) return refused(said.blacklisted)

  const isFresh = token.counter === session.counter
  const isGraced =
    token.counter + 1 === session.counter && now - session.refreshedAt < graceOf(rules)
  if (isSingleUse(model) && !isFresh && !isGraced) {
    session.ended = true
    model.events.push('refresh_reused')
    return refused(said.blacklisted)
  }
  // LEEWAY is the token's, not the session's.
  if (session.endsAt <= now) return refused(said.blacklisted)
  // Simple JWT blacklists what it refuses so: a second try is `Token is blacklisted`.
  if (rules.checkRevoke && token.version !== model.version) {
    session.ended = true
    return refused(said.changed)
  }
  session.lastUsed = now
  if (!rules.rotate) return { status: 200, issues: 'access' }
  if (isSingleUse(model) && !isFresh) {
    return { status: 200, issues: 'pair', known: successorOf(model, token) }
  }
  session.counter++
  session.refreshedAt = now
  return { status: 200, issues: 'pair' }
}

function successorOf(model: Model, { session, counter }: Refresh): Refresh {
  const found = model.tokens.find(
    (each) => each.kind === 'refresh' && each.session === session && each.counter === counter + 1,
  )
  if (found?.kind !== 'refresh') throw new Error('a used token has a successor')
  return found
}

/** Simple JWT's blacklist: it ends the session by any of its tokens, and tells if that one was used up. */
export function blacklist(model: Model, token: Refresh): Outcome {
  const { session, counter } = token
  if (isExpired(model, token)) return refused(said.expired)
  if (session.ended) return refused(said.blacklisted)
  session.ended = true
  model.events.push('token_blacklisted refresh')
  const isGraced =
    counter + 1 === session.counter && model.now - session.refreshedAt < graceOf(model.rules)
  const isGood = !isSingleUse(model) || counter === session.counter || isGraced
  return isGood ? { status: 200 } : refused(said.blacklisted)
}

export function logOut(model: Model, token: Refresh): Outcome {
  if (isExpired(model, token)) return refused(said.expired)
  end(model, token.session, 'session_revoked logged_out')
  return { status: 204 }
}

/** Ends one session and tells of it, unless it had ended. */
export function end(model: Model, session: Session, event: string): boolean {
  if (session.ended) return false
  session.ended = true
  model.events.push(event)
  return true
}

/** Ends the sessions of the user but one. */
export function endOthers(model: Model, keep?: Session) {
  for (const each of model.sessions) if (each !== keep) each.ended = true
}

/** The next token of a sliding chain. */
export function slide(model: Model, token: Sliding): Outcome {
  if (isExpired(model, token)) return refused(said.expired)
  if (token.chain.takenBack) return refused(said.blacklisted)
  if (isExpired(model, { exp: token.chain.refreshExp })) {
    return refused("Token 'refresh_exp' claim has expired")
  }
  if (model.disabled) return refused(said.inactive)
  if (token.version === model.version) return { status: 200 }
  // As a refresh token: what is refused so is blacklisted.
  token.chain.takenBack = true
  return refused(said.changed)
}

/** A new password: everything without a row ends with it, and every mailed link. */
export function setPassword(model: Model, password: string, how: 'set' | 'reset') {
  model.password = password
  model.version++
  model.stamp++
  model.events.push(`password_changed ${how}`)
}

/** Disables the account, which ends every mailed link too, or enables it again; a repetition records nothing. */
export function setStatus(model: Model, disabled: boolean) {
  if (model.disabled === disabled) return
  model.disabled = disabled
  model.events.push(`status_changed ${disabled ? 'disabled' : 'active'}`)
  if (!disabled) return
  model.version++
  model.stamp++
  model.key = undefined
  endOthers(model)
}

/** Whether a mailed link still resets the password. */
export const isGoodLink = (model: Model, { stamp, madeAt }: Link) =>
  stamp === model.stamp && seconds(model.now) - seconds(madeAt) <= lifetimes.link
