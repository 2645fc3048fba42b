// The keys of another issuer (JWK_URL), kept in module scope. Whoever invents a `kid` makes us look for it:
// so the set is asked for once in a cool-down, whether that succeeds or not (GHSA-fhv5-28vv-h8m8).

import { createLocalJWKSet, errors, type JSONWebKeySet, type JWSHeaderParameters } from 'jose'

const fresh = 5 * 60_000 // as Simple JWT keeps it
const kept = 60 * 60_000 // while the issuer does not answer
const coolDown = 30_000
const timeOut = 5000
const mostAtOnce = 10 // while the first of them is under way, so that none waits for another's request
const mostCharacters = 200_000

interface KeySet {
  find?: ReturnType<typeof createLocalJWKSet>
  fetchedAt: number
  /** The beginning of the cool-down, how often was asked in it, and what has no answer yet. */
  askedAt: number
  asked: number
  pending: number
}

const sets = new Map<string, KeySet>()

/** @throws JOSEError where the issuer has no such key, or has not answered */
export async function issuersKey(
  url: string,
  header: JWSHeaderParameters,
  now: Date,
): Promise<CryptoKey> {
  const set = sets.get(url) ?? { fetchedAt: 0, askedAt: 0, asked: 0, pending: 0 }
  sets.set(url, set)
  const time = now.getTime()

  const known = time - set.fetchedAt < fresh ? await keyIn(set, header) : undefined
  if (known) return known
  if (mayAsk(set, time)) await ask(set, url, time)
  const found = time - set.fetchedAt < kept ? await keyIn(set, header) : undefined
  if (!found) throw new errors.JWKSNoMatchingKey()
  return found
}

const keyIn = (set: KeySet, header: JWSHeaderParameters) =>
  set.find?.(header).catch(() => undefined)

function mayAsk(set: KeySet, time: number): boolean {
  if (time - set.askedAt >= coolDown) {
    Object.assign(set, { askedAt: time, asked: 0, pending: 0 })
    return true
  }
  return set.pending > 0 && set.asked < mostAtOnce
}

async function ask(set: KeySet, url: string, time: number) {
  set.asked++
  set.pending++
  try {
    set.find = createLocalJWKSet(await fetchSet(url))
    set.fetchedAt = time
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    console.error({ message: 'JWK_URL did not answer with keys', cause })
  } finally {
    set.pending--
  }
}

async function fetchSet(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeOut),
  })
  if (response.status !== 200) throw new Error(`it answered ${response.status}`)
  const text = await response.text()
  if (text.length > mostCharacters) throw new Error('it answered too much')
  return JSON.parse(text)
}
