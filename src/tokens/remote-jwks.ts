// The published keys of another issuer, kept in memory: for JWK_URL, and for other Workers (workers/hono.ts). An attacker
// can invent a `kid` for each token. So the set is fetched once in a cool-down, whether or not that succeeds
// (GHSA-fhv5-28vv-h8m8), and each fetch that finds no key makes the next cool-down longer (docs/decisions/039).

import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWSHeaderParameters } from 'jose'
import * as errors from 'jose/errors'

// Milliseconds.
const maxAge = 5 * 60_000 // as Simple JWT
const staleFor = 60 * 60_000 // while the issuer does not answer
const coolDown = 30_000
const timeout = 5000

const maxConcurrent = 10 // fetches in one cool-down, so that no request waits for the fetch of another
const maxCharacters = 200_000

interface KeySet {
  find?: ReturnType<typeof createLocalJWKSet>
  fetchedAt: number
  freshUntil: number
  /** When the cool-down began. */
  startedAt: number
  /** Milliseconds of this cool-down. */
  coolDown: number
  /** Fetches in this cool-down, and those without an answer yet. */
  fetches: number
  pending: number
}

const sets = new Map<string, KeySet>()

/**
 * @param accepts decides which keys of the set may be used
 * @throws JOSEError if the issuer has no such key; JWKSTimeout if it has not answered within the last hour
 */
export async function remoteKey(
  url: string,
  header: JWSHeaderParameters,
  now: Date,
  accepts: (jwk: JWK) => boolean = () => true,
): Promise<CryptoKey> {
  const set = sets.get(url) ?? newSet()
  sets.set(url, set)
  const time = now.getTime()

  const known = await findKey(set, header, time)
  const isFresh = time < set.freshUntil || isFetching(set, time)
  if (known && isFresh) return known
  const isAnswered = mayFetch(set, time) && (await fetchKeys(set, url, time, accepts))
  const found = await findKey(set, header, time)
  if (!found)
    throw time - set.fetchedAt < staleFor
      ? new errors.JWKSNoMatchingKey()
      : new errors.JWKSTimeout()
  if (isAnswered) set.coolDown = coolDown
  return found
}

const newSet = (): KeySet => ({
  fetchedAt: -staleFor,
  freshUntil: 0,
  startedAt: -coolDown,
  coolDown: 0,
  fetches: 0,
  pending: 0,
})

async function findKey(set: KeySet, header: JWSHeaderParameters, time: number) {
  return time - set.fetchedAt < staleFor ? set.find?.(header).catch(() => undefined) : undefined
}

// The fetch of a cancelled request stays pending.
const isFetching = ({ pending, startedAt }: KeySet, time: number) =>
  pending > 0 && time - startedAt < timeout

function mayFetch(set: KeySet, time: number): boolean {
  if (time - set.startedAt >= set.coolDown) {
    const next = Math.min(Math.max(set.coolDown * 2, coolDown), maxAge)
    Object.assign(set, { startedAt: time, coolDown: next, fetches: 0, pending: 0 })
    return true
  }
  return set.pending > 0 && set.fetches < maxConcurrent
}

async function fetchKeys(set: KeySet, url: string, time: number, accepts: (jwk: JWK) => boolean) {
  set.fetches++
  set.pending++
  try {
    const { keys, freshFor } = await fetchSet(url)
    set.find = createLocalJWKSet({ keys: keys.filter(accepts) })
    set.fetchedAt = time
    set.freshUntil = time + freshFor
    return true
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    console.error({ message: `fetching keys from ${url} failed`, cause })
    return false
  } finally {
    set.pending--
  }
}

async function fetchSet(url: string): Promise<JSONWebKeySet & { freshFor: number }> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
  })
  if (response.status !== 200) throw new Error(`status ${response.status}`)
  const text = await response.text()
  if (text.length > maxCharacters) throw new Error('the answer is too long')
  const { keys } = JSON.parse(text) as JSONWebKeySet
  return { keys, freshFor: freshnessOf(response.headers) }
}

/** Milliseconds that the issuer allows to keep the set (RFC 9111 §4.2), between the cool-down and an hour. */
function freshnessOf(headers: Headers): number {
  const [, seconds] = /\bmax-age=(\d+)/i.exec(headers.get('cache-control') ?? '') ?? []
  if (seconds === undefined) return maxAge
  const age = Number(headers.get('age')) || 0
  return Math.min(Math.max((Number(seconds) - age) * 1000, coolDown), staleFor)
}
