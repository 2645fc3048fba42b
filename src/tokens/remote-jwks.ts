// The published keys of another issuer, kept in memory: for JWK_URL, and for other Workers (workers/hono.ts). An attacker
// can invent a `kid` for each token. So the set is fetched once in a cool-down, whether or not that succeeds
// (GHSA-fhv5-28vv-h8m8), and each fetch that finds no key makes the next cool-down longer (docs/decisions/039).

import { createLocalJWKSet, type JSONWebKeySet, type JWK, type JWSHeaderParameters } from 'jose'
import * as errors from 'jose/errors'

const maxAge = 5 * 60_000 // as Simple JWT keeps it
const staleFor = 60 * 60_000 // while the issuer does not answer
const coolDown = 30_000
const timeout = 5000
const maxConcurrent = 10 // while the first of them is under way, so that none waits for another's request
const maxCharacters = 200_000

interface KeySet {
  find?: ReturnType<typeof createLocalJWKSet>
  fetchedAt: number
  freshUntil: number
  /** The beginning of the cool-down, how long it is, how often was asked in it, and what has no answer yet. */
  askedAt: number
  coolDown: number
  asked: number
  pending: number
}

const sets = new Map<string, KeySet>()

/**
 * @param isWanted which keys of the set count at all
 * @throws JOSEError where the issuer has no such key; JWKSTimeout where it has not answered yet
 */
export async function remoteKey(
  url: string,
  header: JWSHeaderParameters,
  now: Date,
  isWanted: (jwk: JWK) => boolean = () => true,
): Promise<CryptoKey> {
  const set = sets.get(url) ?? newSet()
  sets.set(url, set)
  const time = now.getTime()

  const known = await keyIn(set, header, time)
  const isFresh = time < set.freshUntil || isFetching(set, time)
  if (known && isFresh) return known
  const isAnswered = mayFetch(set, time) && (await fetchKeys(set, url, time, isWanted))
  const found = await keyIn(set, header, time)
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
  askedAt: -coolDown,
  coolDown: 0,
  asked: 0,
  pending: 0,
})

async function keyIn(set: KeySet, header: JWSHeaderParameters, time: number) {
  return time - set.fetchedAt < staleFor ? set.find?.(header).catch(() => undefined) : undefined
}

// A request that was cancelled leaves its question pending.
const isFetching = ({ pending, askedAt }: KeySet, time: number) =>
  pending > 0 && time - askedAt < timeout

function mayFetch(set: KeySet, time: number): boolean {
  if (time - set.askedAt >= set.coolDown) {
    const next = Math.min(Math.max(set.coolDown * 2, coolDown), maxAge)
    Object.assign(set, { askedAt: time, coolDown: next, asked: 0, pending: 0 })
    return true
  }
  return set.pending > 0 && set.asked < maxConcurrent
}

async function fetchKeys(set: KeySet, url: string, time: number, isWanted: (jwk: JWK) => boolean) {
  set.asked++
  set.pending++
  try {
    const { keys, freshFor } = await fetchSet(url)
    set.find = createLocalJWKSet({ keys: keys.filter(isWanted) })
    set.fetchedAt = time
    set.freshUntil = time + freshFor
    return true
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    console.error({ message: `no keys came from ${url}`, cause })
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
  if (response.status !== 200) throw new Error(`it answered ${response.status}`)
  const text = await response.text()
  if (text.length > maxCharacters) throw new Error('it answered too much')
  const { keys } = JSON.parse(text) as JSONWebKeySet
  return { keys, freshFor: freshnessIn(response.headers) }
}

/** As the issuer says (RFC 9111 §4.2), within reason. */
function freshnessIn(headers: Headers): number {
  const [, seconds] = /\bmax-age=(\d+)/i.exec(headers.get('cache-control') ?? '') ?? []
  if (seconds === undefined) return maxAge
  const age = Number(headers.get('age')) || 0
  return Math.min(Math.max((Number(seconds) - age) * 1000, coolDown), staleFor)
}
