// Exchanges a refresh token for new tokens, or revokes its session. The decision itself is SQL, in rotation.ts.

import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { noteWrite } from '../replicas.ts'
import type { ClientInfo, RequestInfo } from '../request-info.ts'
import { sessions, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type Statement } from '../statements.ts'
import { assertAllowed, batchThrottled, wasAllowed } from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import { type Claims, userIdFromClaims } from '../tokens/claims.ts'
import { passesRevokeCheck } from '../tokens/revoke-claim.ts'
import {
  createSessionFor,
  type DjangoToken,
  djangoTokenIn,
  findImported,
  sessionIdFor,
} from './django-refresh-tokens.ts'
import {
  isSingleUse,
  type PresentedToken,
  reuseInterval,
  revokeReused,
  rotateStatement,
} from './rotation.ts'
import { accessToken, type IssuedTokens, tokenPair } from './session-tokens.ts'
import { type ActiveSession, ownerOfSession, userMayGetTokens } from './sessions.ts'

/** Statements for the batch that revokes a session, directly after that statement (`previousStatementWrote`). */
type FollowUpWrites = (sessionId: string) => Statement[]

/**
 * Exchanges a refresh token for new tokens, in one round trip if it is valid.
 * @returns `invalid`: the token names no session and no user; `blacklisted`: the session is revoked, perhaps by this very
 * call, because the token was used before; `user_inactive`: the user is disabled or deleted, or `canAuthenticate` refuses
 * them; `password_changed`: the revoke claim is not current (CHECK_REVOKE_TOKEN)
 * @throws ThrottledError
 */
export async function refreshTokens(
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
  onReuse: FollowUpWrites,
): Promise<IssuedTokens | 'invalid' | 'blacklisted' | 'user_inactive' | 'password_changed'> {
  const { now } = info
  const presented = await presentedToken(settings, claims)
  if (!presented) return 'invalid'
  const session = await rotate(db, settings, presented, info)
  if (!session) return revokeReusedOrExplain(db, settings, presented, now, onReuse)

  const { user } = session
  if (!canAuthenticate(user)) {
    // The token is used up, so a second try would be recorded as reuse.
    noteWrite(db, user)
    if (isSingleUse(settings)) await revokeActive(db, session.id, 'disabled', now)
    return 'user_inactive'
  }
  if (!(await passesRevokeCheck(settings, claims, user))) {
    // Simple JWT blacklists such a token too. No other token of this session can be valid again.
    noteWrite(db, user)
    await revokeActive(db, session.id, 'password_changed', now)
    return 'password_changed'
  }

  if (!settings.rotateRefreshTokens) return accessToken(settings, session, now)
  const { tokens, expiry } = await tokenPair(settings, session)
  const { access, ...others } = tokens
  return { tokens: { access, ...others }, expiry } // in Simple JWT's order
}

/**
 * Revokes the session of a refresh token, even if the token was used before.
 * @param wasDone SQL, after the writes of `onRevoke`: whether this request revoked the session
 * @returns `done`: this request revoked the session, or the session was deleted with its user; `invalid`: the token names
 * no session and no user; `blacklisted`: the session was revoked before, or the token was used before the reuse interval
 */
export async function blacklistRefreshToken(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
  { onRevoke, wasDone }: { onRevoke: FollowUpWrites; wasDone: SQL },
): Promise<'done' | 'invalid' | 'blacklisted'> {
  const presented = await presentedToken(settings, claims)
  if (!presented) return 'invalid'
  const { id } = presented
  const isNamed = or(
    eq(users.id, ownerOfSession(id)),
    eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`),
  )
  const { user, revoked } = await batch(db, {
    creation: sessionCreation(db, settings, presented, {}, now),
    revocation: revokeActive(db, id, 'blacklisted', now),
    followUp: onRevoke(id),
    user: db.select({ id: users.id, uuid: users.uuid }).from(users).where(isNamed),
    revoked: db
      .select({ counter: sessions.refreshCounter, refreshedAt: sessions.refreshedAt })
      .from(sessions)
      .where(and(eq(sessions.id, id), wasDone)),
  })
  for (const each of user) noteWrite(db, each)
  const [session] = revoked
  if (!session) return user.length > 0 ? 'blacklisted' : 'done'
  return isSingleUse(settings) && isOutdated(settings, presented, session, now)
    ? 'blacklisted'
    : 'done'
}

/** Whether a token was used, and not within the reuse interval. */
function isOutdated(
  settings: Settings,
  { counter }: PresentedToken,
  session: Pick<ActiveSession, 'counter' | 'refreshedAt'>,
  now: Date,
): boolean {
  const age = Math.max(0, now.getTime() - session.refreshedAt.getTime())
  const isReusable = session.counter === counter + 1 && age < reuseInterval(settings)
  return session.counter !== counter && !isReusable
}

/** Revokes a session, unless it is revoked already. */
const revokeActive = (
  db: Database,
  id: string,
  revokeReason: 'blacklisted' | 'password_changed' | 'disabled',
  now: Date,
) =>
  db
    .update(sessions)
    .set({ revokedAt: now, revokeReason })
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))

/** Whether Simple JWT would find the refresh token on its blacklist. One round trip. */
export async function isBlacklisted(
  db: Database,
  settings: Settings,
  claims: Claims,
): Promise<boolean> {
  const presented = await presentedToken(settings, claims)
  if (!presented) return false
  const { id, djangoToken } = presented
  const find = db
    .select({ counter: sessions.refreshCounter })
    .from(sessions)
    .where(and(eq(sessions.id, id), isNull(sessions.revokedAt)))
  if (!djangoToken) return isUsedUp(settings, presented, await find)
  // A token of Django without a session has not been used yet.
  const { found, imported } = await batch(db, {
    found: find,
    imported: findImported(db, djangoToken),
  })
  return imported.length > 0 && isUsedUp(settings, presented, found)
}

const isUsedUp = (
  settings: Settings,
  { counter }: PresentedToken,
  [session]: { counter: number }[],
): boolean => !session || (isSingleUse(settings) && session.counter !== counter)

interface DjangoOrOurs extends PresentedToken {
  /** Set if a Django issued the token. */
  djangoToken?: DjangoToken
  /** SQL: the id of the user that the token names. */
  userId: SQL<number> | undefined
}

/** @returns undefined for a token that names no session, and is no refresh token of Django */
async function presentedToken(
  settings: Settings,
  claims: Claims,
): Promise<DjangoOrOurs | undefined> {
  const { sid, counter } = claims
  const userId = userIdFromClaims(settings, claims)
  if (sid === undefined) {
    const djangoToken = djangoTokenIn(settings, claims)
    if (!djangoToken) return undefined
    const id = await sessionIdFor(settings, djangoToken, claims)
    return { id, counter: 0, djangoToken, userId }
  }
  return typeof sid === 'string' && Number.isSafeInteger(counter)
    ? { id: sid, counter: Number(counter), userId }
    : undefined
}

/**
 * Uses a refresh token up, in one round trip.
 * @returns undefined if the token is not valid
 * @throws ThrottledError
 */
async function rotate(
  db: Database,
  settings: Settings,
  presented: DjangoOrOurs,
  info: RequestInfo,
): Promise<ActiveSession | undefined> {
  const { now } = info
  // Without a reuse interval, the statement must not be repeated.
  const isOneTime = isSingleUse(settings) && settings.refreshTokenReuseInterval === 0
  const sender = isOneTime ? db.once : db
  const attempt = await attemptFor(db, settings, 'refresh', presented.id, info)
  const { results, throttle } = await batchThrottled(sender, attempt, {
    creation: sessionCreation(db, settings, presented, info, now),
    rotated: rotateStatement(sender, settings, presented, wasAllowed(attempt), now.getTime()),
  })
  assertAllowed(throttle)
  return results.rotated[0]
}

const sessionCreation = (
  db: Database,
  settings: Settings,
  { id, djangoToken }: DjangoOrOurs,
  client: ClientInfo,
  now: Date,
) => djangoToken && createSessionFor(db, settings, { ...djangoToken, sessionId: id }, client, now)

/** Revokes the session if the token was used before, and returns why the token is not valid. */
async function revokeReusedOrExplain(
  db: Database,
  settings: Settings,
  presented: DjangoOrOurs,
  now: Date,
  onReuse: FollowUpWrites,
): Promise<'blacklisted' | 'user_inactive'> {
  const { id, userId = sql`null` } = presented
  const isUser = sql`users.id = coalesce(${ownerOfSession(id)}, ${userId})`
  const findActive = db
    .select({ id: users.id, uuid: users.uuid })
    .from(users)
    .where(and(isUser, userMayGetTokens(settings)))
  const { active } = isSingleUse(settings)
    ? await batch(db, {
        active: findActive,
        revocation: revokeReused(db, settings, presented, now),
        followUp: onReuse(presented.id),
      })
    : { active: await findActive }
  for (const user of active) noteWrite(db, user)
  return active.length > 0 ? 'blacklisted' : 'user_inactive'
}
