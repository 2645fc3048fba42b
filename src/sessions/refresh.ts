// What a refresh token is good for: a new access token, in one trip, or the end of its session.

import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import type { ClientInfo, RequestInfo } from '../request-info.ts'
import { sessions, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { batch, type Statement } from '../statements.ts'
import { assertAllowed, batchThrottled } from '../throttling/counters.ts'
import { attemptFor } from '../throttling/rates.ts'
import type { Claims } from '../tokens/claims.ts'
import { userIdFromClaims } from '../tokens/claims.ts'
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

/** Statements to follow the one that ends this session, in its batch; `changes()` tells whether it did. */
type FollowUpWrites = (sessionId: string) => Statement[]

/**
 * What a refresh token is exchanged for, in one trip.
 * `blacklisted`: the session ended, perhaps by this very call, because the token was used before.
 * `inactive`: the user is disabled or gone. `password changed`: by CHECK_REVOKE_TOKEN.
 * @throws ThrottledError
 */
export async function refreshTokens(
  db: Database,
  settings: Settings,
  claims: Claims,
  info: RequestInfo,
  atReuse: FollowUpWrites,
): Promise<IssuedTokens | 'invalid' | 'blacklisted' | 'user_inactive' | 'password_changed'> {
  const { now } = info
  const held = await presentedToken(settings, claims)
  if (!held) return 'invalid'
  const session = await rotate(db, settings, held, info)
  if (!session) return endReusedOrExplain(db, settings, held, claims, now, atReuse)

  const { user } = session
  if (!canAuthenticate(user)) {
    // The one use of the token is gone, and a second try would be told as theft.
    if (isSingleUse(settings)) await revokeActive(db, session.id, 'disabled', now)
    return 'user_inactive'
  }
  if (!(await passesRevokeCheck(settings, claims, user))) {
    // As Simple JWT, which blacklists what it refuses so: no token of this session can be good again.
    await revokeActive(db, session.id, 'password_changed', now)
    return 'password_changed'
  }

  if (!settings.rotateRefreshTokens) return accessToken(settings, session, now)
  const { tokens, expiry } = await tokenPair(settings, session)
  const { access, ...others } = tokens
  return { tokens: { access, ...others }, expiry } // in Simple JWT's order
}

/**
 * Ends the session of a refresh token, a used one's too. `blacklisted`: it had ended before, or the
 * token was used longer ago than the grace. `done` also where the session went with its user. `isDone` tells
 * afterwards whether it was this call that ended it.
 */
export async function blacklistRefreshToken(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
  { atEnd, isDone }: { atEnd: FollowUpWrites; isDone: SQL },
): Promise<'done' | 'invalid' | 'blacklisted'> {
  const held = await presentedToken(settings, claims)
  if (!held) return 'invalid'
  const end = revokeActive(db, held.id, 'blacklisted', now)
  const find = db
    .select({ counter: sessions.refreshCounter, refreshedAt: sessions.refreshedAt })
    .from(sessions)
    .where(and(eq(sessions.id, held.id), isDone))
  const named = db
    .select({ id: users.id })
    .from(users)
    .where(
      or(
        eq(users.id, ownerOfSession(held.id)),
        eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`),
      ),
    )
  const {
    ended: [ended],
    owner: [user],
  } = await batch(db, {
    creation: sessionCreation(db, settings, held, {}, now),
    revoke: end,
    followUp: atEnd(held.id),
    owner: named,
    ended: find,
  })
  if (!ended) return user ? 'blacklisted' : 'done'
  const age = Math.max(0, now.getTime() - ended.refreshedAt.getTime())
  const isGraced = ended.counter === held.counter + 1 && age < reuseInterval(settings)
  const isFresh = !isSingleUse(settings) || ended.counter === held.counter || isGraced
  return isFresh ? 'done' : 'blacklisted'
}

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

/** Whether Simple JWT would find the refresh token on its blacklist. One trip. */
export async function isBlacklisted(db: Database, settings: Settings, claims: Claims) {
  const held = await presentedToken(settings, claims)
  if (!held) return false
  const find = db
    .select({ counter: sessions.refreshCounter })
    .from(sessions)
    .where(and(eq(sessions.id, held.id), isNull(sessions.revokedAt)))
  if (!held.djangoToken) return isUsedUp(settings, held, await find)
  const { found, imported } = await batch(db, {
    found: find,
    imported: findImported(db, held.djangoToken),
  })
  return imported.length > 0 && isUsedUp(settings, held, found)
}

const isUsedUp = (settings: Settings, held: DjangoOrOurs, [living]: { counter: number }[]) =>
  !living || (isSingleUse(settings) && living.counter !== held.counter)

interface DjangoOrOurs extends PresentedToken {
  /** Of a token that another Django issued. */
  djangoToken?: DjangoToken
}

async function presentedToken(
  settings: Settings,
  claims: Claims,
): Promise<DjangoOrOurs | undefined> {
  const { sid, counter } = claims
  if (sid === undefined) {
    const foreign = djangoTokenIn(settings, claims)
    return (
      foreign && {
        id: await sessionIdFor(settings, foreign, claims),
        counter: 0,
        djangoToken: foreign,
      }
    )
  }
  return typeof sid === 'string' && Number.isSafeInteger(counter)
    ? { id: sid, counter: Number(counter) }
    : undefined
}

async function rotate(
  db: Database,
  settings: Settings,
  held: DjangoOrOurs,
  info: RequestInfo,
): Promise<ActiveSession | undefined> {
  const { now } = info
  const isGraceless = isSingleUse(settings) && settings.refreshTokenReuseInterval === 0
  const sender = isGraceless ? db.once : db
  const { attempt, wasAllowed } = await attemptFor(db, settings, 'refresh', held.id, info)
  const exchange = rotateStatement(sender, settings, held, wasAllowed, now.getTime())
  const { results, throttle } = await batchThrottled(sender, attempt, {
    creation: sessionCreation(db, settings, held, info, now),
    rotated: exchange,
  })
  assertAllowed(throttle)
  return results.rotated[0]
}

const sessionCreation = (
  db: Database,
  settings: Settings,
  { id, djangoToken }: DjangoOrOurs,
  device: ClientInfo,
  now: Date,
) => djangoToken && createSessionFor(db, settings, id, djangoToken, device, now)

/** Ends the session where the token was used before, and says why the token is refused. */
async function endReusedOrExplain(
  db: Database,
  settings: Settings,
  held: DjangoOrOurs,
  claims: Claims,
  now: Date,
  atReuse: FollowUpWrites,
): Promise<'blacklisted' | 'user_inactive'> {
  const active = db
    .select({ id: users.id })
    .from(users)
    .where(
      and(
        eq(users.id, userIdFromClaims(settings, claims) ?? sql`null`),
        userMayGetTokens(settings),
      ),
    )
  if (!isSingleUse(settings)) return (await active).length > 0 ? 'blacklisted' : 'user_inactive'

  const { found } = await batch(db, {
    found: active,
    revoke: revokeReused(db, settings, held, now),
    followUp: atReuse(held.id),
  })
  return found.length > 0 ? 'blacklisted' : 'user_inactive'
}
