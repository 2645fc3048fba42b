// What the documents say of requests: each function returns the expected response, and changes the model as the request
// must change the account.

import {
  activeSessions,
  isExpired,
  isSingleUse,
  type Link,
  lifetimes,
  type Model,
  type Outcome,
  type Refresh,
  reuseIntervalOf,
  type Session,
  type Sliding,
  seconds,
  sentences,
  unauthorized,
} from './model.ts'

/** A login of any kind. `startSession` then adds a session, once its id is known. */
export function checkLogin(model: Model, password: string): Outcome {
  if (password === model.password && !model.disabled) return { status: 200 }
  model.failures++
  return unauthorized(sentences.loginFailed)
}

/** Adds the session of a login. Sessions over MAX_SESSIONS are revoked, the longest unused first. */
export function startSession(model: Model, id: string): Session {
  const { now, rules } = model
  const endsAt = rules.maxLifetime ? now + rules.maxLifetime * 1000 : Number.POSITIVE_INFINITY
  const session = { id, counter: 0, refreshedAt: now, lastUsed: now, endsAt, revoked: false }
  model.sessions.push(session)
  model.events.push('login session')
  const active = activeSessions(model)
  const overLimit = rules.maxSessions > 0 ? active.slice(rules.maxSessions) : []
  for (const each of overLimit) each.revoked = true
  if (overLimit.length > 0) recordOverLimit(model)
  return session
}

/** Records the event at most once an hour. */
function recordOverLimit(model: Model) {
  const hour = Math.floor(model.now / 3_600_000)
  if (model.overLimitHour !== hour) model.events.push('session_revoked session_limit')
  model.overLimitHour = hour
}

/** Exchanges a refresh token. `repeated` is the refresh token of an earlier response that is sent again. */
export function refresh(
  model: Model,
  token: Refresh,
): Outcome & { issues?: 'access' | 'pair'; repeated?: Refresh } {
  const { rules, now } = model
  const { session } = token
  if (isExpired(model, token)) return unauthorized(sentences.expired)
  if (model.disabled) return unauthorized(sentences.inactive)
  if (session.revoked) return unauthorized(sentences.blacklisted)

  const isNewest = token.counter === session.counter
  const isInReuseInterval =
    token.counter + 1 === session.counter && now - session.refreshedAt < reuseIntervalOf(rules)
  if (isSingleUse(model) && !isNewest && !isInReuseInterval) {
    session.revoked = true
    model.events.push('refresh_reused')
    return unauthorized(sentences.blacklisted)
  }
  // LEEWAY applies to the token, not to the session.
  if (session.endsAt <= now) return unauthorized(sentences.blacklisted)
  // Simple JWT blacklists a token that it refuses for this reason: the next answer is `Token is blacklisted`.
  if (rules.checkRevoke && token.version !== model.version) {
    session.revoked = true
    return unauthorized(sentences.changed)
  }
  session.lastUsed = now
  if (!rules.rotate) return { status: 200, issues: 'access' }
  if (isSingleUse(model) && !isNewest) {
    return { status: 200, issues: 'pair', repeated: successorOf(model, token) }
  }
  session.counter++
  session.refreshedAt = now
  return { status: 200, issues: 'pair' }
}

function successorOf(model: Model, { session, counter }: Refresh): Refresh {
  const found = model.tokens.find(
    (each) => each.kind === 'refresh' && each.session === session && each.counter === counter + 1,
  )
  if (found?.kind !== 'refresh') throw new Error('a used token must have a successor')
  return found
}

/** Simple JWT's blacklist: any refresh token revokes its session. The response says if that token was used already. */
export function blacklist(model: Model, token: Refresh): Outcome {
  const { session, counter } = token
  if (isExpired(model, token)) return unauthorized(sentences.expired)
  if (session.revoked) return unauthorized(sentences.blacklisted)
  session.revoked = true
  model.events.push('token_blacklisted refresh')
  const isInReuseInterval =
    counter + 1 === session.counter &&
    model.now - session.refreshedAt < reuseIntervalOf(model.rules)
  const isValid = !isSingleUse(model) || counter === session.counter || isInReuseInterval
  return isValid ? { status: 200 } : unauthorized(sentences.blacklisted)
}

export function logOut(model: Model, token: Refresh): Outcome {
  if (isExpired(model, token)) return unauthorized(sentences.expired)
  revoke(model, token.session, 'session_revoked logged_out')
  return { status: 204 }
}

/** Revokes a session and records it; returns false if the session was revoked before. */
export function revoke(model: Model, session: Session, event: string): boolean {
  if (session.revoked) return false
  session.revoked = true
  model.events.push(event)
  return true
}

/** Revokes the sessions of the user, except `keep`. */
export function revokeOthers(model: Model, keep?: Session) {
  for (const each of model.sessions) if (each !== keep) each.revoked = true
}

/** Refreshes a sliding token. */
export function refreshFamily(model: Model, token: Sliding): Outcome {
  if (isExpired(model, token)) return unauthorized(sentences.expired)
  if (token.family.revoked) return unauthorized(sentences.blacklisted)
  if (isExpired(model, { exp: token.family.refreshExp })) {
    return unauthorized("Token 'refresh_exp' claim has expired")
  }
  if (model.disabled) return unauthorized(sentences.inactive)
  if (token.version === model.version) return { status: 200 }
  // As with a refresh token: one that is refused for this reason is blacklisted.
  token.family.revoked = true
  return unauthorized(sentences.changed)
}

/** Sets a new password. Every emailed link ends, and every token that has no row. */
export function setPassword(model: Model, password: string, how: 'set' | 'reset') {
  model.password = password
  model.version++
  model.stamp++
  model.events.push(`password_changed ${how}`)
}

/** Disables the account, which also ends every emailed link, or enables it. A repetition records nothing. */
export function setStatus(model: Model, disabled: boolean) {
  if (model.disabled === disabled) return
  model.disabled = disabled
  model.events.push(`status_changed ${disabled ? 'disabled' : 'active'}`)
  if (!disabled) return
  model.version++
  model.stamp++
  model.key = undefined
  revokeOthers(model)
}

/** Whether an emailed link still resets the password. */
export const isValidLink = (model: Model, { stamp, madeAt }: Link) =>
  stamp === model.stamp && seconds(model.now) - seconds(madeAt) <= lifetimes.link
