// Reads at the nearest replica: what users ask about themselves (docs/decisions/041), the list of users (044), and hints for
// logins, mailed links and current passwords (043). A replica lags behind the primary, so it refuses no request.
// `readNear` believes it only while its pulse is young. Users read what they wrote: at the primary for a few seconds, then
// at a replica that waits for the write.

import { sql } from 'drizzle-orm'
import { type Database, withTimeout } from './db.ts'
import { type PublicId, parsePublicId, publicIdOf } from './public-id.ts'
import { pulse, type UserIds } from './schema.ts'
import type { Settings } from './settings/parse.ts'
import { batch, type Results, type Statements } from './statements.ts'
import { minute } from './time.ts'
import type { Claims } from './tokens/claims.ts'
import { hmac } from './tokens/hmac.ts'

/** Milliseconds. The cron writes a pulse each minute. A replica whose pulse is older is not believed. */
const maxAge = 90_000

/** Milliseconds after a write in which the primary answers faster than a replica that waits for the write. */
const settlingTime = 5_000

/** Milliseconds in which a write is remembered. They exceed `maxAge`, so a replica that is believed later has the write. */
const memory = 2 * minute

/** Seconds to wait for a replica. The primary is asked after them. */
const timeout = 1

/** Seconds to wait for the cache. The primary is asked after them. */
const cacheTimeout = 1

/** The most users whose last write an isolate remembers. */
const maxRemembered = 10_000

interface Write {
  /** Milliseconds since 1970. */
  at: number
  bookmark: string
}

/** The last write for each user, by an HMAC of the id that clients see. The oldest entries are first. */
export const lastWrites = new Map<string, Write>()

/**
 * Reads rows at the nearest replica, as of one moment.
 * @param reader the user whose own writes the rows must have, and seconds to wait for the replica if a second is too short
 * @returns undefined if the primary must be asked: without replicas, right after a write, for a replica that is too old
 * or does not answer, and for any error
 */
export async function readNear<T extends Statements>(
  db: Database,
  settings: Settings,
  reader: { publicId: PublicId; timeout?: number },
  statements: T,
  now: Date,
): Promise<Results<T> | undefined> {
  const { replicas } = db
  if (!replicas) return undefined
  try {
    const write = await lastWriteFor(settings, reader.publicId, now)
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
    // A wrong clock may have written a pulse in the future.
    const isYoung = newest !== undefined && Math.abs(now.getTime() - newest.at.getTime()) <= maxAge
    return isYoung ? (results as unknown as Results<T>) : undefined
  } catch {
    // The primary is asked the same. If the error was not the replica's, it occurs there again.
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

/**
 * Says that a request writes rows of this user. `rememberWrites` remembers it once the request has written.
 * @param user the row, or the id that clients see
 */
export const noteWrite = (db: Database, user: UserIds | PublicId) =>
  db.replicas?.writtenFor.add(user)

/** As `noteWrite`, for the user that a token names. */
export function noteWriteOf(db: Database, settings: Settings, claims: Claims) {
  const publicId = namedUserId(settings, claims)
  if (publicId !== undefined) noteWrite(db, publicId)
}

/** The id of the user that a token names; undefined if it names no id, or USER_ID_FIELD is another field. */
export function namedUserId(settings: Settings, claims: Claims): PublicId | undefined {
  const claim = claims[settings.userIdClaim]
  const isText = typeof claim === 'number' || typeof claim === 'string'
  const isId = settings.userIdField === 'id' && isText
  return isId ? parsePublicId(settings, `${claim}`)?.publicId : undefined
}

/** Remembers that the request wrote, in this isolate and in the cache of this location. Call it before the response. */
export async function rememberWrites({ replicas }: Database, settings: Settings, now: Date) {
  const bookmark = replicas?.lastWrite()
  if (!replicas || bookmark === undefined) return
  const written = [...replicas.writtenFor].map((user) =>
    typeof user === 'object' ? publicIdOf(settings, user) : user,
  )
  await Promise.all(
    [...new Set(written)].map(async (publicId) => {
      const name = await nameOf(settings, publicId)
      const earlier = await findInCache(name).catch(() => undefined)
      const write = later(later({ at: now.getTime(), bookmark }, lastWrites.get(name)), earlier)
      putIntoIsolate(name, write)
      // If the cache fails, this isolate alone remembers.
      await putIntoCache(name, write).catch(() => undefined)
    }),
  )
}

/** @throws if the cache does not answer */
async function lastWriteFor(settings: Settings, publicId: PublicId, now: Date) {
  const name = await nameOf(settings, publicId)
  const cached = await findInCache(name)
  const write = cached ? later(cached, lastWrites.get(name)) : lastWrites.get(name)
  return write && now.getTime() - write.at < memory ? write : undefined
}

const nameOf = ({ secretKey }: Settings, publicId: PublicId) =>
  hmac(secretKey, 'last write', [publicId])

/** The later of both. Bookmarks sort by time. Concurrent requests may end in another order than they wrote. */
const later = (one: Write, other = one): Write => ({
  at: Math.max(one.at, other.at),
  bookmark: one.bookmark > other.bookmark ? one.bookmark : other.bookmark,
})

function putIntoIsolate(name: string, write: Write) {
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

/** @throws if the cache does not answer: the user may have written */
async function findInCache(name: string): Promise<Write | undefined> {
  const cache = await caches.open(cacheName)
  const found = await withTimeout(cacheTimeout, cache.match(urlOf(name)))
  return found?.json()
}

/** Writes the time, for the cron. A replica that has this row has every write before it. */
export const recordPulse = (db: Database, now: Date) =>
  db
    .insert(pulse)
    .values({ id: 1, at: now })
    .onConflictDoUpdate({ target: pulse.id, set: { at: sql`max(${pulse.at}, excluded.at)` } })
