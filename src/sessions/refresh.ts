// What a refresh token is good for: a new access token, in one trip, or the end of its session.

import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import type { Database } from '../db.ts'
import { canAuthenticate } from '../hooks.ts'
import { sessions, users } from '../schema.ts'
import type { Settings } from '../settings/parse.ts'
import { type Attempt, demand, inTurn } from '../throttling/counters.ts'
import { turnOf } from '../throttling/rates.ts'
import { idNamedBy } from '../tokens/claims.ts'
import type { Claims } from '../tokens/jwt.ts'
import { isCurrent } from '../tokens/revoke-claim.ts'
import {
  adopt,
  adoptedBefore,
  type Foreign,
  foreignIn,
  isAdmitted,
  sessionIdOf,
} from './django-refresh-tokens.ts'
import { endReused, exchangeStatement, graceOf, type Held, isSingleUse } from './rotation.ts'
import { accessToken, tokenPair } from './session-tokens.ts'
import type { Device, Living } from './sessions.ts'

/** Statements to follow the one that ends this session, in its batch; `changes()` tells whether it did. */
type Consequences = (sessionId: string) => BatchItem<'sqlite'>[]

export interface Refreshed {
  access: string
  /** Where tokens are rotated. */
  refresh?: string
}

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
  occasion: Device & Attempt,
  atReuse: Consequences,
): Promise<Refreshed | 'invalid' | 'blacklisted' | 'inactive' | 'password changed'> {
  const { now } = occasion
  const held = await sessionIn(settings, claims)
  if (!held) return 'invalid'
  const session = await advance(db, settings, held, occasion)
  if (!session) return endReusedOrExplain(db, settings, held, claims, now, atReuse)

  const { user } = session
  if (!canAuthenticate(user)) {
    // The one use of the token is gone, and a second try would be told as theft.
    if (isSingleUse(settings)) await endLiving(db, session.id, 'disabled', now)
    return 'inactive'
  }
  if (!(await isCurrent(settings, claims, user))) {
    // As Simple JWT, which blacklists what it refuses so: no token of this session can be good again.
    await endLiving(db, session.id, 'password_changed', now)
    return 'password changed'
  }

  if (!settings.rotateRefreshTokens) return { access: await accessToken(settings, session, now) }
  const { access, refresh } = await tokenPair(settings, session)
  return { access, refresh }
}

/**
 * Ends the session of a refresh token, a used one's too. `blacklisted`: it had ended before, or the
 * token was used longer ago than the grace. `done` also where the session went with its user. `isDone` tells
 * afterwards whether it was this call that ended it.
 */
export async function blacklist(
  db: Database,
  settings: Settings,
  claims: Claims,
  now: Date,
  { atEnd, isDone }: { atEnd: Consequences; isDone: SQL },
): Promise<'done' | 'invalid' | 'blacklisted'> {
  const held = await sessionIn(settings, claims)
  if (!held) return 'invalid'
  const end = endLiving(db, held.id, 'blacklisted', now)
  const find = db
    .select({ counter: sessions.counter, refreshedAt: sessions.refreshedAt })
    .from(sessions)
    .where(and(eq(sessions.id, held.id), isDone))
  const named = db
    .select({ id: users.id })
    .from(users)
    .where(
      or(
        eq(users.id, ownerOfSession(held.id)),
        eq(users.id, idNamedBy(settings, claims) ?? sql`null`),
      ),
    )
  const adoption = adoptionOf(db, settings, held, {}, now)
  const consequences = atEnd(held.id)
  const results = adoption
    ? await db.batch([...adoption, end, ...consequences, named, find])
    : await db.batch([end, ...consequences, named, find])
  const [ended] = results.at(-1) as Awaited<typeof find>
  const [user] = results.at(-2) as Awaited<typeof named>
  if (!ended) return user ? 'blacklisted' : 'done'
  const age = Math.max(0, now.getTime() - ended.refreshedAt.getTime())
  const isGraced = ended.counter === held.counter + 1 && age < graceOf(settings)
  const isFresh = !isSingleUse(settings) || ended.counter === held.counter || isGraced
  return isFresh ? 'done' : 'blacklisted'
}

const ownerOfSession = (id: string) =>
  sql<number>`(select user_id from sessions where sessions.id = ${id})`

const endLiving = (
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
  const held = await sessionIn(settings, claims)
  if (!held) return false
  const find = db
    .select({ counter: sessions.counter })
    .from(sessions)
    .where(and(eq(sessions.id, held.id), isNull(sessions.revokedAt)))
  if (!held.foreign) return isOver(settings, held, await find)
  const [found, adopted] = await db.batch([find, adoptedBefore(db, held.foreign)])
  return adopted.length > 0 && isOver(settings, held, found)
}

const isOver = (settings: Settings, held: HeldHere, [living]: { counter: number }[]) =>
  !living || (isSingleUse(settings) && living.counter !== held.counter)

interface HeldHere extends Held {
  /** Of a token that another Django issued. */
  foreign?: Foreign
}

async function sessionIn(settings: Settings, claims: Claims): Promise<HeldHere | undefined> {
  const { sid, counter } = claims
  if (sid === undefined) {
    const foreign = foreignIn(settings, claims)
    return foreign && { id: await sessionIdOf(settings, foreign, claims), counter: 0, foreign }
  }
  return typeof sid === 'string' && Number.isSafeInteger(counter)
    ? { id: sid, counter: Number(counter) }
    : undefined
}

async function advance(
  db: Database,
  settings: Settings,
  held: HeldHere,
  occasion: Device & Attempt,
): Promise<Living | undefined> {
  const { now } = occasion
  const isGraceless = isSingleUse(settings) && settings.refreshReuseGrace === 0
  const sender = isGraceless ? db.once : db
  const { turn, had } = await turnOf(db, settings, 'refresh', held.id, occasion)
  const exchange = exchangeStatement(sender, settings, held, had, now.getTime())
  const adoption: BatchItem<'sqlite'>[] = [...(adoptionOf(db, settings, held, occasion, now) ?? [])]
  const { results, taken } = await inTurn(sender, turn, [...adoption, exchange])
  demand(taken)
  const [living] = results.at(-1) as Awaited<typeof exchange>
  return living
}

const adoptionOf = (
  db: Database,
  settings: Settings,
  { id, foreign }: HeldHere,
  device: Device,
  now: Date,
) => foreign && adopt(db, settings, id, foreign, device, now)

/** Ends the session where the token was used before, and says why the token is refused. */
async function endReusedOrExplain(
  db: Database,
  settings: Settings,
  held: HeldHere,
  claims: Claims,
  now: Date,
  atReuse: Consequences,
): Promise<'blacklisted' | 'inactive'> {
  const active = db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, idNamedBy(settings, claims) ?? sql`null`), isAdmitted(settings)))
  if (!isSingleUse(settings)) return (await active).length > 0 ? 'blacklisted' : 'inactive'

  const [found] = await db.batch([active, endReused(db, settings, held, now), ...atReuse(held.id)])
  return found.length > 0 ? 'blacklisted' : 'inactive'
}
