// Reads at the nearest replica, for requests of users about themselves and for the list of users (docs/decisions/041 and
// 044). A replica lags behind the primary, so it refuses no request, and is believed only while it is provably young. A
// user that wrote lately reads what they wrote: at the primary, and later at a replica that has that write.

import { sql } from 'drizzle-orm'
import { type Database, withTimeout } from './db.ts'
import { parseId } from './encoding.ts'
import { pulse } from './schema.ts'
import type { Settings } from './settings/parse.ts'
import { batch, type Results, type Statements } from './statements.ts'
import { minute } from './time.ts'
import type { Claims } from './tokens/claims.ts'
import { hmac } from './tokens/hmac.ts'

/** Milliseconds. The cron writes a pulse each minute. A replica whose pulse is older is not believed. */
const maxAge = 90_000

/** Milliseconds after a write in which the primary answers faster than a replica that waits for the write. */
const settlingTime = 5_000

/** Milliseconds in which a write is remembered: longer than `maxAge`, so that every replica that is believed has it after. */
const memory = 2 * minute

/** Seconds to wait for a replica. Then the primary is asked. */
const timeout = 1

const maxRemembered = 10_000

/** Seconds to wait for the cache. After them the primary is asked. */
const cacheTimeout = 1

interface Write {
  /** Milliseconds since 1970. */
  at: number
  bookmark: string
}

/** The last write for each user, by an HMAC of their id. The oldest entries are first. */
export const lastWrites = new Map<string, Write>()

/**
 * Reads rows at the nearest replica, as of one moment.
 * @param reader the user whose own writes must be seen, and seconds to wait for the replica if a second is too short
 * @returns undefined if the primary must be asked: without replicas, right after a write, for a replica that is too old
 * or does not answer, and for any error
 */
export async function readNear<T extends Statements>(
  db: Database,
  settings: Settings,
  reader: { id: number; timeout?: number },
  statements: T,
  now: Date,
): Promise<Results<T> | undefined> {
  const { replicas } = db
  if (!replicas) return undefined
  try {
    const write = await lastWriteFor(settings, reader.id, now)
    if (write && now.getTime() - write.at < settlingTime) return undefined
    const age = db.select({ at: pulse.at }).from(pulse)
    const { age: rows, ...results } = await batch(
      replicas.nearest(write?.bookmark, reader.timeout ?? timeout),
      {
        ...statements,
        age,
      },
    )
    const [newest] = rows as { at: Date }[]
    // A wrong clock wrote a pulse that is from the future.
    const isYoung = newest !== undefined && Math.abs(now.getTime() - newest.at.getTime()) <= maxAge
    return isYoung ? (results as unknown as Results<T>) : undefined
  } catch {
    // The primary answers the same question, with an error if it is one.
    return undefined
  }
}

/**
 * Reads at the nearest replica what a batch at the primary checks again, so the rows may be old.
 * @returns undefined without replicas, and for any error
 */
export async function readHint<T extends Statements>(
  { replicas }: Database,
  statements: T,
): Promise<Results<T> | undefined> {
  if (!replicas) return undefined
  return batch(replicas.nearest(undefined, timeout), statements).catch(() => undefined)
}

/** Says that a request writes rows of this user. `rememberWrites` remembers it once the request has written. */
export const noteWrite = (db: Database, userId: number) => db.replicas?.writtenFor.add(userId)

/** As `noteWrite`, for the user that a token names. */
export function noteWriteOf(db: Database, settings: Settings, claims: Claims) {
  const id = namedUserId(settings, claims)
  if (id !== undefined) noteWrite(db, id)
}

/** The id of the user that a token names; undefined if it names no id, or USER_ID_FIELD is another field. */
export function namedUserId(
  { userIdField, userIdClaim }: Settings,
  claims: Claims,
): number | undefined {
  const claim = claims[userIdClaim]
  const isId = userIdField === 'id' && (typeof claim === 'number' || typeof claim === 'string')
  return isId ? parseId(`${claim}`) : undefined
}

/** Remembers what the request wrote, in this isolate and at this Cloudflare location. Comes before the response. */
export async function rememberWrites({ replicas }: Database, settings: Settings, now: Date) {
  const bookmark = replicas?.lastWrite()
  if (!replicas || bookmark === undefined) return
  await Promise.all(
    [...replicas.writtenFor].map(async (userId) => {
      const name = await nameOf(settings, userId)
      const earlier = await findInCache(name).catch(() => undefined)
      const write = later(later({ at: now.getTime(), bookmark }, lastWrites.get(name)), earlier)
      keep(name, write)
      // If the cache fails, this isolate alone remembers.
      await putIntoCache(name, write).catch(() => undefined)
    }),
  )
}

/** @throws if the cache does not answer */
async function lastWriteFor(settings: Settings, userId: number, now: Date) {
  const name = await nameOf(settings, userId)
  const cached = await findInCache(name)
  const write = cached ? later(cached, lastWrites.get(name)) : lastWrites.get(name)
  return write && now.getTime() - write.at < memory ? write : undefined
}

const nameOf = ({ secretKey }: Settings, userId: number) => hmac(secretKey, 'last write', [userId])

/** Bookmarks sort by time. Concurrent requests may be remembered in another order than they wrote. */
const later = (one: Write, other = one): Write => ({
  at: Math.max(one.at, other.at),
  bookmark: one.bookmark > other.bookmark ? one.bookmark : other.bookmark,
})

function keep(name: string, write: Write) {
  lastWrites.delete(name)
  lastWrites.set(name, write)
  const [oldest] = lastWrites.keys()
  if (lastWrites.size > maxRemembered && oldest !== undefined) lastWrites.delete(oldest)
}

const cacheName = 'gatehouse-last-writes'
const urlOf = (name: string) => `https://last-writes.invalid/${name}`

async function putIntoCache(name: string, write: Write) {
  const headers = { 'cache-control': `max-age=${memory / 1000}` }
  const cache = await caches.open(cacheName)
  await withTimeout(cacheTimeout, cache.put(urlOf(name), Response.json(write, { headers })))
}

/** @throws if the cache does not answer, so that it is not known whether the user wrote */
async function findInCache(name: string): Promise<Write | undefined> {
  const cache = await caches.open(cacheName)
  const found = await withTimeout(cacheTimeout, cache.match(urlOf(name)))
  return found?.json()
}

/** Records that the primary is alive, for the cron. Replicas get the row with every write before it. */
export const recordPulse = (db: Database, now: Date) =>
  db
    .insert(pulse)
    .values({ id: 1, at: now })
    .onConflictDoUpdate({ target: pulse.id, set: { at: sql`max(${pulse.at}, excluded.at)` } })
